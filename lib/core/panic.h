/*
 * Assertions on our own code, on in every build. Never on outside input: that is an error.
 */
#ifndef PS_CORE_PANIC_H
#define PS_CORE_PANIC_H

#define PS_ASSERT(x) ((x) ? (void)0 : ps_panic(__FILE__, __LINE__, #x))

/** Say what broke and stop the process; the last commit stands. Given by the engine, not by core.
 */
_Noreturn void ps_panic(const char *file, int line, const char *text);

#endif
