import threading
from datetime import date, timedelta
from werkzeug.serving import make_server
from tests.integration.admin_accreditation.conftest import *  # noqa
from tests.integration.accreditation.conftest import Procedure, PDF
from core.accreditation import operations, inspections, measures, decree
from core.accreditation.decree import Decree
from core.accreditation.model import Accreditation, Monitoring
from sqlalchemy import select
from tests.integration.admin.conftest import TODAY

def test_shots(house, procedure, tmp_path):
    procedure.examined()
    procedure.settle("E.2","not_met","Manca il piano di emergenza.")
    procedure.inspected(requirement_id=procedure.requirement("E.2").id, prescription="Affiggere il piano di emergenza in ogni locale.", due_on=TODAY+timedelta(days=20))
    procedure.act(lambda s_, id_, **k: operations.record_meeting(s_, id_, kind="commission", on=TODAY, **k), present="Ada Accredita, Marta Gestione", text="Si propone di accreditare, con il piano entro il mese.", proposal="grant_with_prescriptions")
    pages={"examined":f"/admin/accreditamenti/details/?id={procedure.id}","requirement":f"/admin/accreditamenti/requisito/?id={procedure.id}&requisito={procedure.requirement('C.1').id}",
      "examine":f"/admin/accreditamenti/esame/?id={procedure.id}&titolo=C","grant":f"/admin/accreditamenti/passaggio/?id={procedure.id}&atto=grant","declare":f"/admin/accreditamenti/dati/?id={procedure.id}",
      "list":"/admin/accreditamenti/","sets":"/admin/requisiti/","set":"/admin/requisiti/details/?id=5","import":"/admin/requisiti/importa/","home":"/admin/","new":"/admin/accreditamenti/nuova/",
      "visit":f"/admin/accreditamenti/sopralluoghi/nuovo/?accreditation={procedure.id}","finding":"/admin/accreditamenti/sopralluoghi/1/rilievo/","verify":"/admin/accreditamenti/sopralluoghi/rilievo/1/verifica/"}
    srv=make_server("127.0.0.1",8947,house.app,threaded=True)
    t=threading.Thread(target=srv.serve_forever,daemon=True); t.start()
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
        def shoot(who, todo, sizes=((1366,768),(390,844))):
            for w,h in sizes:
                c=b.new_context(viewport={"width":w,"height":h}); pg=c.new_page()
                pg.goto("http://127.0.0.1:8947/accesso/entra"); pg.fill("[name=email]",f"{who}@patto.example"); pg.fill("[name=password]","una frase che si ricorda"); pg.click("button[type=submit]")
                for n,u in todo.items():
                    r=pg.goto("http://127.0.0.1:8947"+u)
                    print(who,n,r.status, pg.evaluate("document.documentElement.scrollWidth"))
                    pg.screenshot(path=f"/tmp/acc_shots/{who}_{n}_{w}.png",full_page=True)
                c.close()
        shoot("accreditamento",pages)
        procedure.step(decree.grant, Decree("12/2026",TODAY,"",PDF), with_prescriptions=True, store=procedure.store)
        procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF, store=procedure.store)
        procedure.ruled(measures.suspend, TODAY, until=TODAY+timedelta(days=60))
        with house.session() as s: mid=s.scalars(select(Monitoring.id).order_by(Monitoring.id)).first()
        later={"suspended":pages["examined"],"monitoring":f"/admin/monitoraggi/details/?id={mid}","answers":f"/admin/monitoraggi/risposte/?id={mid}","monitorings":"/admin/monitoraggi/","answer":"/admin/accreditamenti/sopralluoghi/rilievo/1/risposta/","home":"/admin/"}
        shoot("gestore",later)
        shoot("accreditamento",{"suspended":pages["examined"],"readmit":f"/admin/accreditamenti/passaggio/?id={procedure.id}&atto=readmit"})
        b.close()
    srv.shutdown()
