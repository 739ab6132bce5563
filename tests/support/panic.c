/*
 * The end of the line for tests that link the core without the engine: a broken assertion is a
 * failed test, and one that is expected can be caught with expect_assert_failure().
 */
#include "core/panic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

_Noreturn void ps_panic(const char *file, int line, const char *text)
{
    mock_assert(0, text, file, line);
    abort();
}
