/*
 * A signed head, kept elsewhere, proves that nothing up to it was altered or cut off, also where
 * whoever altered the journal computed all hashes anew.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/journal.h"
#include "store/store.h"
#include "support/bodies.h"
#include "support/restored.h"
#include "support/walk.h"

#include <cJSON.h>

static struct restored places;
static struct trial trial;
static struct payscore_error error;
static struct payscore_report report;
static const struct payscore_text no_key = {NULL, 0};

static int set_up(void **state)
{
    (void)state;
    restored_begin(&places);
    trial_open(&trial, places.lost);
    walk_to_collecting(&trial, TRIAL_ORDER, 800);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    restored_end(&places);
    return 0;
}

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static char *make_head(void)
{
    char *json = NULL;
    assert_int_equal(payscore_head(trial.engine, 0, &json), PAYSCORE_OK);
    return json;
}

static enum payscore_status verify(const char *head, struct payscore_text key)
{
    return payscore_verify_head(trial.engine, text_of(head), key, &report, &error);
}

static void assert_holds(const char *head)
{
    assert_int_equal(verify(head, no_key), PAYSCORE_OK);
    if (report.faults != 0) fail_msg("%s", report.first.text);
    assert_true(report.entries > 0);
}

static void a_head_holds_and_goes_on_holding(void **state)
{
    (void)state;
    char *head = make_head();
    assert_holds(head);
    trial_notice(&trial, "PAYSCORE.USER_PAID",
                 seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800));
    assert_holds(head);
    assert_non_null(strstr(head, "\"mchid\":\"" TRIAL_MCHID "\""));
    assert_non_null(strstr(head, "\"serial\":\"" TEST_MERCHANT_SERIAL "\""));
    payscore_free(head);
}

/* The certificate that a merchant has of his key; the caller frees it. */
static char *certificate(void)
{
    BIO *in = BIO_new_mem_buf(test_keys()->merchant_private, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    X509 *made = X509_new();
    assert_non_null(key);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(made), 7), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(made), 0));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(made), 3600));
    assert_int_equal(X509_set_pubkey(made, key), 1);
    assert_true(X509_sign(made, key, EVP_sha256()) > 0);
    BIO *out = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(out, made), 1);
    char *bytes = NULL;
    size_t size = (size_t)BIO_get_mem_data(out, &bytes);
    char *copy = strndup(bytes, size);
    X509_free(made);
    EVP_PKEY_free(key);
    BIO_free(in);
    BIO_free(out);
    return copy;
}

static void it_is_verified_with_a_public_key_or_certificate_too(void **state)
{
    (void)state;
    char *head = make_head(), *pem = certificate();
    assert_int_equal(verify(head, text_of(test_keys()->merchant_public)), PAYSCORE_OK);
    assert_int_equal(report.faults, 0);
    assert_int_equal(verify(head, text_of(pem)), PAYSCORE_OK);
    assert_int_equal(report.faults, 0);
    assert_int_equal(verify(head, text_of(test_keys()->platform_public)), PAYSCORE_E_FORGED);
    free(pem);
    payscore_free(head);
}

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n";
    char *head = make_head();
    assert_int_equal(verify(head, PAYSCORE_TEXT("no key")), PAYSCORE_E_KEY);
    assert_int_equal(verify(head, text_of(broken)), PAYSCORE_E_KEY);
    assert_int_equal(verify(head, text_of(test_keys()->merchant_private)), PAYSCORE_E_KEY);
    assert_non_null(strstr(error.text, "private"));
    payscore_free(head);
}

static void no_head_is_refused(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",
        "null",
        "{}",
        "[1]",
        "{\"entries\":1}",
        "{\"mchid\":\"1\",\"incarnation\":\"1\",\"entries\":1.5,\"hash\":\"0\",\"time\":\"0\","
        "\"signature\":\"AA==\"}",
        "{\"mchid\":\"1\\n2\",\"incarnation\":\"1\",\"entries\":1,\"hash\":\"0\",\"time\":\"0\","
        "\"signature\":\"AA==\"}",
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_int_equal(verify(none[i], no_key), PAYSCORE_E_INPUT);
    char *large = malloc(20001);
    memset(large, ' ', 20000);
    large[20000] = '\0';
    assert_int_equal(verify(large, no_key), PAYSCORE_E_TOO_LARGE);
    assert_true(strlen(error.text) > 0);
    free(large);
}

/* A member made another: whatever it is, the signature is not of it. */
static void a_forged_head_is_refused_unread(void **state)
{
    (void)state;
    static const char *const members[] = {"mchid", "incarnation", "hash", "time", "signature"};
    char *head = make_head();
    for (size_t i = 0; i <= sizeof members / sizeof members[0]; i++) {
        cJSON *object = cJSON_Parse(head);
        if (i < sizeof members / sizeof members[0]) {
            char *value = cJSON_GetObjectItem(object, members[i])->valuestring;
            size_t last = strlen(value) - (i == 4 ? 4 : 1);
            value[last] = value[last] == '1' ? '2' : '1';
        } else {
            cJSON_SetNumberValue(cJSON_GetObjectItem(object, "entries"), 1);
        }
        char *forged = cJSON_PrintUnformatted(object);
        assert_int_equal(verify(forged, text_of(test_keys()->merchant_public)), PAYSCORE_E_FORGED);
        assert_int_equal(report.entries, 0);
        cJSON_free(forged);
        cJSON_Delete(object);
    }
    payscore_free(head);
}

static void somebody_elses_head_needs_his_key(void **state)
{
    (void)state;
    char *head = make_head();
    struct payscore_merchant other = *trial_merchant();
    struct payscore_options options = trial_options(&trial);
    options.merchants = &other;
    options.role = PAYSCORE_READER;
    other.mchid = PAYSCORE_TEXT("1900000999");
    payscore_close(trial.engine);
    assert_int_equal(payscore_open(&trial.engine, &options, &error), PAYSCORE_OK);
    assert_int_equal(verify(head, no_key), PAYSCORE_E_KEY);
    assert_non_null(strstr(error.text, TRIAL_MCHID));
    assert_int_equal(verify(head, text_of(test_keys()->merchant_public)), PAYSCORE_OK);
    assert_int_equal(report.faults, 0);
    payscore_free(head);
}

static void a_head_needs_a_merchant_with_keys_and_a_journal(void **state)
{
    (void)state;
    char *json = NULL;
    struct payscore *engine = NULL;
    struct payscore_merchant keyless = *trial_merchant();
    struct payscore_options options = trial_options(&trial);
    assert_int_equal(payscore_head(trial.engine, 1, &json), PAYSCORE_E_ARGUMENT);
    assert_null(json);
    options.path = NULL;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    assert_int_equal(payscore_head(engine, 0, &json), PAYSCORE_E_NOT_FOUND);
    payscore_close(engine);
    keyless.credentials = NULL;
    options.merchants = &keyless;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    assert_int_equal(payscore_head(engine, 0, &json), PAYSCORE_E_KEY);
    assert_null(json);
    payscore_close(engine);
}

/* The engine closes, somebody has the store, the engine opens again as a reader. */
static struct ps_txn *take_store(struct ps_store **store)
{
    struct ps_lmdb_options options = {
        .path = trial.path, .map_bytes_max = 64 << 20, .access = PS_WRITE};
    struct ps_txn *txn = NULL;
    payscore_close(trial.engine);
    assert_int_equal(ps_store_open_lmdb(store, &options, &error), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(*store, PS_WRITE, &txn), PAYSCORE_OK);
    return txn;
}

static void give_back(struct ps_store *store, struct ps_txn *txn, const struct ps_head *head)
{
    struct payscore_options options = trial_options(&trial);
    assert_int_equal(ps_txn_commit(txn, head), PAYSCORE_OK);
    ps_store_close(store);
    options.role = PAYSCORE_READER;
    assert_int_equal(payscore_open(&trial.engine, &options, &error), PAYSCORE_OK);
}

static void assert_found(const char *head, const char *words)
{
    assert_int_equal(verify(head, no_key), PAYSCORE_OK);
    assert_true(report.faults > 0);
    if (strstr(report.first.text, words) == NULL) fail_msg("%s", report.first.text);
}

/* Strays hang on no record: without a head nobody could tell. */
static void a_journal_that_was_cut_off_is_found(void **state)
{
    (void)state;
    struct ps_store *store = NULL;
    uint64_t kept = trial_verify(&trial);
    trial_notice(&trial, "PAYSCORE.USER_PAID",
                 seen_order("PS20260301Z0000001", "DONE", "", "USER_PAID", 800));
    char *head = make_head();
    struct ps_txn *txn = take_store(&store);
    struct ps_head cut = *ps_txn_head(txn);
    struct ps_entry last;
    struct ps_entry_key key = ps_entry_key(cut.entries);
    assert_int_equal(cut.entries, kept + 1);
    assert_int_equal(ps_entry_read(txn, kept, &last), PAYSCORE_OK);
    ps_txn_delete(txn, PS_TABLE_JOURNAL, PS_KEY(key));
    ps_txn_delete(txn, PS_TABLE_EVIDENCE, PS_KEY(key));
    cut.entries = kept;
    cut.last_ms = last.at_ms;
    memcpy(cut.hash, last.hash, sizeof cut.hash);
    give_back(store, txn, &cut);
    trial_verify(&trial); /* It looks whole. */
    assert_found(head, "cut off");
    assert_int_equal(report.first_entry, kept + 1);
    payscore_free(head);
}

static void a_journal_whose_hashes_were_computed_anew_is_found(void **state)
{
    (void)state;
    struct ps_store *store = NULL;
    trial_notice(&trial, "PAYSCORE.USER_PAID",
                 seen_order("PS20260301Z0000001", "DONE", "", "USER_PAID", 800));
    char *head = make_head();
    struct ps_txn *txn = take_store(&store);
    struct ps_head other = *ps_txn_head(txn);
    struct ps_entry last;
    struct ps_entry_key key = ps_entry_key(other.entries);
    assert_int_equal(ps_entry_read(txn, other.entries, &last), PAYSCORE_OK);
    last.paid_fen++;
    assert_int_equal(ps_entry_hash(&last, last.hash), PAYSCORE_OK);
    ps_txn_put(txn, PS_TABLE_JOURNAL, PS_KEY(key), ps_key_text(&last, sizeof last));
    memcpy(other.hash, last.hash, sizeof other.hash);
    give_back(store, txn, &other);
    trial_verify(&trial);
    assert_found(head, "another hash");
    payscore_free(head);
}

static void a_head_holds_after_a_restore_as_far_as_the_backup_went(void **state)
{
    (void)state;
    char *before = make_head();
    restored_backup(&places, &trial);
    trial_notice(&trial, "PAYSCORE.USER_PAID",
                 seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800));
    char *beyond = make_head();
    restored_open(&places, &trial);
    assert_holds(before);
    assert_found(beyond, "behind the backup");
    char *after = make_head();
    assert_holds(after);
    payscore_free(before);
    payscore_free(beyond);
    payscore_free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_head_holds_and_goes_on_holding),
        T(it_is_verified_with_a_public_key_or_certificate_too),
        T(what_is_no_key_is_refused),
        T(no_head_is_refused),
        T(a_forged_head_is_refused_unread),
        T(somebody_elses_head_needs_his_key),
        T(a_head_needs_a_merchant_with_keys_and_a_journal),
        T(a_journal_that_was_cut_off_is_found),
        T(a_journal_whose_hashes_were_computed_anew_is_found),
        T(a_head_holds_after_a_restore_as_far_as_the_backup_went),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
