/*
 * payscore-charts(7): the charts for whoever has a terminal and a record in front of him. In the
 * macros of man(7); the words are those of the rows.
 */
#include <inttypes.h>
#include <string.h>

#include "page.h"

/* One character of UTF-8 as roff writes it, so that no reader has to guess the encoding. */
static const char *print_wide(FILE *out, const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned more = bytes[0] >= 0xf0 ? 3 : bytes[0] >= 0xe0 ? 2 : 1;
    unsigned long code = bytes[0] & (0x3fU >> more);
    size_t used = 1;
    while (used <= more && (bytes[used] & 0xc0) == 0x80)
        code = code << 6 | (bytes[used++] & 0x3f);
    fprintf(out, "\\[u%04lX]", code);
    return text + used;
}

/* Running text: what roff would read as its own is escaped. */
static void print_text(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'') fputs("\\&", out);
    while (*text != '\0') {
        if ((unsigned char)*text >= 0x80) {
            text = print_wide(out, text);
            continue;
        }
        switch (*text) {
        case '\\': fputs("\\e", out); break;
        case '-': fputs("\\-", out); break;
        case '\'': fputs("\\(aq", out); break;
        case '`': fputs("\\(ga", out); break;
        case '~': fputs("\\(ti", out); break;
        case '^': fputs("\\(ha", out); break;
        default: fputc(*text, out);
        }
        text++;
    }
}

static void line(FILE *out, const char *text)
{
    print_text(out, text);
    fputc('\n', out);
}

static void item(FILE *out, const char *name, const char *words)
{
    fputs(".TP\n.B ", out);
    line(out, name);
    line(out, words);
}

static void print_state(FILE *out, const struct ps_state *state)
{
    fputs(".TP\n.BR ", out);
    print_text(out, state->name);
    fprintf(out, " \" (%s)\"\n", ps_state_kind_name((enum ps_state_kind)state->kind));
    line(out, state->en);
    if (state->owes.lane == PAYSCORE_LANE_NONE) return;
    fputs("It ", out);
    ps_print_owes(out, &state->owes, PS_ENGLISH, "");
    fputs(".\n", out);
}

static unsigned depth_of(const struct ps_chart *chart, uint16_t state)
{
    unsigned depth = 0;
    for (state = chart->states[state].parent; state != 0; state = chart->states[state].parent)
        depth++;
    return depth;
}

/* States stand inside their composite as they do in the chart. */
static void print_states(FILE *out, const struct ps_chart *chart)
{
    unsigned depth = 0;
    for (uint16_t id = ps_next_state(chart, 0); id != 0; id = ps_next_state(chart, id)) {
        for (; depth < depth_of(chart, id); depth++)
            fputs(".RS\n", out);
        for (; depth > depth_of(chart, id); depth--)
            fputs(".RE\n", out);
        print_state(out, &chart->states[id]);
    }
    for (; depth > 0; depth--)
        fputs(".RE\n", out);
}

static void print_chart(FILE *out, const struct ps_chart *chart)
{
    fputs(".SH \"CHART ", out);
    print_text(out, chart->name);
    fputs("\"\n", out);
    print_text(out, ps_chart_words(chart, PS_ENGLISH));
    fprintf(out, ".\n%u rows answer %u events.\n", chart->row_count, chart->event_count);
    print_states(out, chart);
}

static void print_holds(FILE *out)
{
    fputs(".SH HOLDS\n", out);
    line(out, ps_text(PS_TEXT_HOLDS_ARE, PS_ENGLISH));
    fputs("Look at the record and its history first:\n.BR payscorectl (1)\n"
          "shows both, with the row and the evidence of every move.\n",
          out);
    for (const struct ps_why *why = ps_holds; why->id != 0; why++) {
        item(out, why->name, why->words[PS_ENGLISH]);
        line(out, ps_hold_remedy(why->id, PS_ENGLISH));
    }
}

static void print_reasons(FILE *out)
{
    fputs(".SH REASONS\n", out);
    line(out, ps_text(PS_TEXT_REASONS_ARE, PS_ENGLISH));
    for (const struct ps_why *why = ps_reasons; why->id != 0; why++)
        item(out, why->name, why->words[PS_ENGLISH]);
}

static void print_limits(FILE *out)
{
    fputs(".SH LIMITS\n", out);
    for (size_t i = 0; i < ps_limit_count; i++) {
        struct ps_limit limit = ps_limit_at(i);
        fputs(".TP\n.BR ", out);
        print_text(out, limit.name);
        fprintf(out, " \" = %" PRId64 "\"\n", limit.value);
        line(out, limit.words[PS_ENGLISH]);
    }
}

static void print_end(FILE *out)
{
    fputs(".SH FILES\n.TP\n.I statecharts/*.def\n"
          "The rows, the only place where a rule of a record\\(aqs life is written.\n"
          ".TP\n.I statecharts/generated/\n"
          "What is made of them: a page for each chart in English and Chinese, its pictures, the "
          "table of what answers each event in each state, SCXML, and this page.\n"
          ".SH SEE ALSO\n.BR payscorectl (1)\n",
          out);
}

void ps_export_manual(FILE *out)
{
    fputs(".\\\" Derived from statecharts/*.def; change the rows there, not this page.\n"
          ".TH PAYSCORE\\-CHARTS 7 \"\" payscore \"payscore manual\"\n"
          /* Names of states and calls are not to be broken, nor lines stretched. */
          ".nh\n.ad l\n.SH NAME\n"
          "payscore\\-charts \\- the rules that payscore\\(aqs records live by\n"
          ".SH DESCRIPTION\n",
          out);
    line(out, ps_text(PS_TEXT_SEMANTICS, PS_ENGLISH));
    fputs(".SS Verdicts\n", out);
    line(out, ps_text(PS_TEXT_VERDICTS, PS_ENGLISH));
    fputs(".SS Kinds of states\n", out);
    for (int kind = PS_STATE_INITIAL; kind <= PS_STATE_FINAL; kind++)
        item(out, ps_state_kind_name((enum ps_state_kind)kind),
             ps_state_kind_meaning((enum ps_state_kind)kind, PS_ENGLISH));
    for (size_t i = 0; i < PS_CHART_COUNT; i++)
        print_chart(out, ps_charts[i]);
    print_holds(out);
    print_reasons(out);
    print_limits(out);
    print_end(out);
}
