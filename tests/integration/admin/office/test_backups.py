"""Who looks after the system is told at home that a backup is missing, and reads why where it is mended."""

from __future__ import annotations

from core.ground import backups


def test_a_backup_that_failed_waits_for_the_administrator_alone(house, person):
    folder = house.settings.data_dir
    (folder / backups.FILE).unlink(missing_ok=True)
    assert "Salvataggi" not in person("sistema").get("/admin/").text
    assert "Nessuno ancora riuscito" in person("sistema").get("/admin/sistema/").text
    backups.failed(folder, "Il disco è pieno.")
    assert "non è riuscito. Il disco è pieno." in person("sistema").get("/admin/").text
    assert "non è riuscito. Il disco è pieno." in person("sistema").get("/admin/sistema/").text
    assert "non è riuscito" not in person("contabilita").get("/admin/").text
    backups.succeeded(folder, folder / "uno.tar")
    assert "non è riuscito" not in person("sistema").get("/admin/").text
    assert "uno.tar" in person("sistema").get("/admin/sistema/").text
