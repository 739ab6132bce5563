#include "diagnose.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

bool sandbox_claim_holds(const struct sandbox_claim *claim, struct payscore_text message)
{
    struct payscore_error error;
    return ps_keyring_verify_message(claim->ring, claim->serial, message, claim->signature,
                                     &error) == PAYSCORE_OK;
}

/* What a variation works on; `made` is freed by the caller. */
struct scratch {
    struct ps_signable signable;
    struct payscore_text host;
    char *made;
};

static bool method_lower_case(struct scratch *s)
{
    s->made = sandbox_copy(s->signable.method);
    for (char *c = s->made; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    s->signable.method = ps_text_of(s->made);
    return true;
}

static bool method_other(struct scratch *s)
{
    s->signable.method =
        ps_text_is(s->signable.method, "GET") ? PAYSCORE_TEXT("POST") : PAYSCORE_TEXT("GET");
    return true;
}

static bool url_without_query(struct scratch *s)
{
    const char *mark = memchr(s->signable.url.data, '?', s->signable.url.size);
    if (mark != NULL) s->signable.url.size = (size_t)(mark - s->signable.url.data);
    return mark != NULL;
}

static bool url_decoded(struct scratch *s)
{
    if (memchr(s->signable.url.data, '%', s->signable.url.size) == NULL ||
        !sandbox_percent_decode(s->signable.url, &s->made))
        return false;
    s->signable.url = ps_text_of(s->made);
    return true;
}

static bool prefix_url(struct scratch *s, const char *scheme)
{
    size_t size = strlen(scheme) + s->host.size + s->signable.url.size + 1;
    if (s->host.size == 0) return false;
    s->made = sandbox_alloc(size);
    snprintf(s->made, size, "%s%.*s%.*s", scheme, (int)s->host.size, s->host.data,
             (int)s->signable.url.size, s->signable.url.data);
    s->signable.url = ps_text_of(s->made);
    return true;
}

static bool url_with_http(struct scratch *s)
{
    return prefix_url(s, "http://");
}

static bool url_with_https(struct scratch *s)
{
    return prefix_url(s, "https://");
}

static bool url_lower_case_escapes(struct scratch *s)
{
    s->made = sandbox_copy(s->signable.url);
    for (char *c = s->made; *c != '\0'; c++) {
        if (c[0] != '%' || c[1] == '\0' || c[2] == '\0') continue;
        c[1] = (char)tolower((unsigned char)c[1]);
        c[2] = (char)tolower((unsigned char)c[2]);
    }
    s->signable.url = ps_text_of(s->made);
    return true;
}

static bool body_left_out(struct scratch *s)
{
    bool had = s->signable.body.size > 0;
    s->signable.body = PAYSCORE_TEXT("");
    return had;
}

static bool body_less_newline(struct scratch *s)
{
    struct payscore_text *body = &s->signable.body;
    if (body->size == 0 || body->data[body->size - 1] != '\n') return false;
    body->size--;
    return true;
}

static bool body_more_newline(struct scratch *s)
{
    size_t size = s->signable.body.size;
    s->made = sandbox_alloc(size + 2);
    if (size > 0) memcpy(s->made, s->signable.body.data, size);
    s->made[size] = '\n';
    s->signable.body = (struct payscore_text){s->made, size + 1};
    return true;
}

static bool body_serialised_again(struct scratch *s, bool spread)
{
    cJSON *json = cJSON_ParseWithLength(s->signable.body.data, s->signable.body.size);
    if (json == NULL) return false;
    s->made = spread ? cJSON_Print(json) : cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    s->signable.body = ps_text_of(s->made);
    return true;
}

static bool body_compact(struct scratch *s)
{
    return s->signable.body.size > 0 && body_serialised_again(s, false);
}

static bool body_spread(struct scratch *s)
{
    return s->signable.body.size > 0 && body_serialised_again(s, true);
}

static const struct {
    const char *line;
    const char *what;
    bool (*vary)(struct scratch *scratch);
} variations[] = {
    {"line 1 (HTTP method)", "was signed in lower case", method_lower_case},
    {"line 1 (HTTP method)", "was signed as another method than was sent", method_other},
    {"line 2 (URL)", "was signed without its query", url_without_query},
    {"line 2 (URL)", "was signed percent-decoded, not as on the request line", url_decoded},
    {"line 2 (URL)", "was signed with scheme and host", url_with_http},
    {"line 2 (URL)", "was signed with scheme and host", url_with_https},
    {"line 2 (URL)", "was signed with escapes in lower case", url_lower_case_escapes},
    {"line 5 (body)", "was signed as empty, though a body was sent", body_left_out},
    {"line 5 (body)", "was sent with a trailing newline that was not signed", body_less_newline},
    {"line 5 (body)", "was signed with a trailing newline that was not sent", body_more_newline},
    {"line 5 (body)", "was serialised again after signing", body_compact},
    {"line 5 (body)", "was serialised again after signing", body_spread},
};

static bool variation_fits(const struct sandbox_claim *claim, struct scratch *scratch,
                           bool (*vary)(struct scratch *))
{
    char *message = NULL;
    size_t size = 0;
    bool fits = vary(scratch) &&
                ps_signable_message(&scratch->signable, &message, &size) == PAYSCORE_OK &&
                sandbox_claim_holds(claim, (struct payscore_text){message, size});
    free(message);
    free(scratch->made);
    return fits;
}

/* The commonest slip of all: the last line was not closed. */
static bool end_is_missing(const struct sandbox_claim *claim, const struct ps_signable *signable)
{
    char *message = NULL;
    size_t size = 0;
    bool fits = ps_signable_message(signable, &message, &size) == PAYSCORE_OK && size > 0 &&
                sandbox_claim_holds(claim, (struct payscore_text){message, size - 1});
    free(message);
    return fits;
}

void sandbox_diagnose(const struct sandbox_claim *claim, const struct ps_signable *signable,
                      struct payscore_text host, char *sentence, size_t size)
{
    if (end_is_missing(claim, signable)) {
        snprintf(sentence, size, "sign not match: line 5 (body) was not closed by a newline");
        return;
    }
    for (size_t i = 0; i < sizeof variations / sizeof variations[0]; i++) {
        struct scratch scratch = {.signable = *signable, .host = host};
        if (!variation_fits(claim, &scratch, variations[i].vary)) continue;
        snprintf(sentence, size, "sign not match: %s %s", variations[i].line, variations[i].what);
        return;
    }
    snprintf(sentence, size,
             "sign not match: no single line explains it; compare sign_information with the "
             "message signed, and whether the private key belongs to this serial_no");
}
