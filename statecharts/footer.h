/* Forget the row macros, so that the next reader starts afresh. */
#undef STATE
#undef USES
#undef TRAN
#undef STAY
#undef IGNORE
#undef REJECT
