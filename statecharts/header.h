/*
 * Row macros that a chart's reader did not define are nothing. Each .def includes this at its top
 * and footer.h at its end.
 */
#ifndef STATE
#define STATE(...)
#endif
#ifndef USES
#define USES(...)
#endif
#ifndef TRAN
#define TRAN(...)
#endif
#ifndef STAY
#define STAY(...)
#endif
#ifndef IGNORE
#define IGNORE(...)
#endif
#ifndef REJECT
#define REJECT(...)
#endif
