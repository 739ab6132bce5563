/* Records and entries as JSON, for people and programs. The one place that gives them their form.
 */
#ifndef PS_ENGINE_DESCRIBE_H
#define PS_ENGINE_DESCRIBE_H

#include <cJSON.h>

#include "engine/internal.h"
#include "engine/left.h"

/** A record as an object; NULL when memory could not be had. */
cJSON *ps_describe_record(const struct payscore *engine, const struct ps_record *record);

/** A record that was retired, as far as its tombstone says; NULL as above. */
cJSON *ps_describe_retired(const struct payscore *engine, const struct ps_record *record,
                           const struct ps_tomb *tomb);

/** What retention left of an entry; NULL as above. */
cJSON *ps_describe_stub(const struct ps_entry *stub);

/** Add the names by which a merchant knows a record: number or code, openid, mchid, service_id. */
void ps_describe_names(cJSON *object, const struct payscore *engine,
                       const struct ps_record *record);

/** An entry as an object; NULL when memory could not be had. */
cJSON *ps_describe_entry(const struct ps_entry *entry);

/** An entry's evidence as an array of {"part", "text"} or {"part", "hex"}; NULL when memory could
 * not be had. */
cJSON *ps_describe_evidence(struct payscore_text raw);

/** Add who released a record and why, from the evidence of that entry, as `release`. */
void ps_describe_release(struct payscore_text raw, cJSON *entry);

/** The string that an object prints as; deletes the object. Errors: E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_describe_print(cJSON *object, char **json);

#endif
