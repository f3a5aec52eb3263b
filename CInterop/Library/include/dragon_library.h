// Nothing: the library's interface is dragon.h.
