/* Whom an item is about. */
#include "engine/subject.h"

#include <string.h>

#include "core/charts.h"

static enum payscore_status read_code(struct ps_change *change, const struct ps_merchant *merchant,
                                      struct payscore_text number, struct ps_record *code)
{
    struct payscore_id id;
    enum payscore_status rc =
        ps_record_find(change->txn, PS_CHART_preauthorization, merchant->merchant, number, &id);
    return rc == PAYSCORE_OK ? ps_record_read(change->txn, &id, code) : rc;
}

/*
 * A user who opens a service under a code that still waits for one is that code's news; it tells
 * the rest. What comes under it afterwards is news of the user alone.
 */
static void find_awaited(struct ps_change *change, struct ps_matter *matter)
{
    struct ps_subject *subject = &matter->subject;
    struct ps_record code;
    if (matter->in.carrier != PAYSCORE_CARRIER_NOTICE || subject->chart != PS_CHART_authorization)
        return;
    bool awaits = matter->in.event == PS_EVENT_seen_available &&
                  read_code(change, subject->merchant, subject->number, &code) == PAYSCORE_OK &&
                  code.openid_size == 0;
    if (awaits)
        subject->chart = PS_CHART_preauthorization;
    else
        subject->number = (struct payscore_text){NULL, 0};
}

/* The user who accepted the code that the command names; NULL: found, else why not. */
static const char *find_user_of_code(struct ps_change *change, struct ps_reading *reading)
{
    struct ps_subject *subject = &reading->matter.subject;
    struct ps_record code;
    enum payscore_status rc = read_code(change, subject->merchant, reading->matter.in.code, &code);
    if (rc == PAYSCORE_E_NOT_FOUND)
        return "There is no such authorization_code in the store: name the user by openid instead.";
    if (rc != PAYSCORE_OK) return payscore_status_text(rc);
    if (code.service != subject->merchant->service)
        return "This authorization_code belongs to another appid or service of the merchant.";
    if (code.openid_size == 0)
        return "No user has accepted this authorization_code: there is no authorization to end.";
    memcpy(reading->rendered.openid, code.openid, code.openid_size);
    reading->rendered.openid[code.openid_size] = '\0';
    subject->openid = (struct payscore_text){reading->rendered.openid, code.openid_size};
    return NULL;
}

bool ps_subject_resolve(struct ps_change *change, struct ps_reading *reading)
{
    struct ps_matter *matter = &reading->matter;
    find_awaited(change, matter);
    if (matter->in.code.size == 0) return true;
    const char *why = find_user_of_code(change, reading);
    if (why == NULL) return true;
    matter->status = PAYSCORE_OK;
    matter->outcome = (struct ps_outcome){.verdict = PAYSCORE_REFUSED, .why = why};
    return false;
}

bool ps_subject_is_unknown(const struct ps_matter *matter)
{
    return matter->status == PAYSCORE_OK && matter->outcome.verdict == PAYSCORE_REFUSED &&
           matter->outcome.row == NULL && ps_id_is_none(&matter->outcome.record.id);
}
