from collections.abc import Callable

class LazyString(str):
    def __new__(cls, func: Callable[..., str], /, *args: object, **kwargs: object) -> LazyString: ...
