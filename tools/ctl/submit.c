/*
 * Submitting: through whoever drives the store, else straight. A driver may come, go or die at any
 * moment; the key makes the repeat safe.
 */
#include <cJSON.h>
#include <curl/curl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"

enum { PATIENCE_MS = 10000, WAIT_MS = 50, ANSWER_MAX = 1 << 20, KEY_BYTES = 16 };

struct answer {
    char *text;
    size_t size;
    long status;
};

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, string == NULL ? 0 : strlen(string)};
}

static size_t collect(char *bytes, size_t size, size_t count, void *context)
{
    struct answer *answer = context;
    size_t more = size * count;
    if (answer->size + more > ANSWER_MAX) return 0;
    char *text = realloc(answer->text, answer->size + more + 1);
    if (text == NULL) return 0;
    memcpy(text + answer->size, bytes, more);
    answer->text = text;
    answer->size += more;
    text[answer->size] = '\0';
    return more;
}

static char *read_token(const char *file)
{
    char line[512] = "";
    FILE *in = file[0] == '\0' ? NULL : fopen(file, "r");
    if (in == NULL) return NULL;
    if (fgets(line, sizeof line, in) == NULL) line[0] = '\0';
    fclose(in);
    line[strcspn(line, "\r\n")] = '\0';
    return strdup(line);
}

static struct curl_slist *headers_for(const struct ctl *ctl, const char *key)
{
    char line[600];
    snprintf(line, sizeof line, "Idempotency-Key: %s", key);
    struct curl_slist *headers = curl_slist_append(NULL, line);
    headers = curl_slist_append(headers, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    char *token = read_token(ctl->config.texts[PS_KEY_api_token_file]);
    if (token != NULL) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", token);
        headers = curl_slist_append(headers, line);
    }
    free(token);
    return headers;
}

/* The address that the driver left beside its lock: the path of its socket, or host:port. */
static void aim(CURL *curl, const char *socket, const char *command)
{
    char url[256];
    bool local = socket[0] == '/';
    if (local) curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
    snprintf(url, sizeof url, "http://%s/v1/commands/%s", local ? "localhost" : socket, command);
    curl_easy_setopt(curl, CURLOPT_URL, url);
}

/* False: no whole answer came; the command may or may not have been taken. */
static bool post(const struct ctl *ctl, const char *socket, const char *command, const char *key,
                 const char *body, struct answer *answer)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL) return false;
    struct curl_slist *headers = headers_for(ctl, key);
    aim(curl, socket, command);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    bool answered = curl_easy_perform(curl) == CURLE_OK;
    if (answered) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return answered && answer->text != NULL;
}

static void say(const struct ctl *ctl, const char *text)
{
    cJSON *object = cJSON_Parse(text);
    const char *names[] = {"verdict", "state", "message", "detail"};
    if (ctl->json || object == NULL) {
        puts(text);
    } else {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, names[i]);
            if (cJSON_IsString(item) && item->valuestring[0] != '\0')
                printf("%s: %s\n", names[i], item->valuestring);
        }
    }
    cJSON_Delete(object);
}

static int answered(const struct ctl *ctl, const struct answer *answer)
{
    say(ctl, answer->text);
    if (answer->status == 200) return CTL_FINE;
    if (answer->status == 409) return CTL_REFUSED;
    return answer->status == 422 || answer->status == 413 ? CTL_INPUT : CTL_FAILED;
}

static const char *verdict_name(enum payscore_verdict verdict)
{
    switch (verdict) {
    case PAYSCORE_TAKEN: return "taken";
    case PAYSCORE_IGNORED: return "ignored";
    case PAYSCORE_REFUSED: return "refused";
    case PAYSCORE_DUPLICATE: return "duplicate";
    default: return "none";
    }
}

static int taken(const struct ctl *ctl, const struct payscore_result *result)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "verdict", verdict_name(result->verdict));
    cJSON_AddNumberToObject(object, "entry", (double)result->entry);
    cJSON_AddStringToObject(object, "chart", result->chart);
    cJSON_AddStringToObject(object, "state", result->state);
    cJSON_AddNumberToObject(object, "row", result->row);
    cJSON_AddStringToObject(object, "row_text", result->row_text);
    cJSON_AddStringToObject(object, "message", result->error.text);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    if (text != NULL) say(ctl, text);
    cJSON_free(text);
    return result->verdict == PAYSCORE_REFUSED ? CTL_REFUSED : CTL_FINE;
}

/* E_BUSY: somebody else drives the store now. */
static enum payscore_status submit_straight(const struct ctl *ctl, const char *command,
                                            const char *key, const char *body, int *exit_code)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    struct payscore_result result;
    struct payscore_merchant merchant = ctl_merchant(ctl);
    struct payscore_command wanted = {0, text_of(command), text_of(key), text_of(body)};
    enum payscore_status rc = payscore_open(
        &engine,
        PAYSCORE_OPTIONS(.path = ctl->config.texts[PS_KEY_store_path], .role = PAYSCORE_SUBMITTER,
                         .map_bytes_max = (uint64_t)ctl->config.numbers[PS_KEY_store_map_bytes],
                         .merchants = &merchant, .merchant_count = 1),
        &error);
    if (rc == PAYSCORE_OK) rc = payscore_submit(engine, &wanted, &result, &error);
    payscore_close(engine);
    if (rc == PAYSCORE_OK)
        *exit_code = taken(ctl, &result);
    else if (rc != PAYSCORE_E_BUSY)
        *exit_code = ctl_fail(rc, command, error.text);
    return rc;
}

static bool random_key(char key[2 * KEY_BYTES + 1])
{
    unsigned char bytes[KEY_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(key + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static void wait_a_moment(void)
{
    struct timespec moment = {0, WAIT_MS * 1000000L};
    nanosleep(&moment, NULL);
}

int ctl_submit(const struct ctl *ctl, const char *command, const char *body)
{
    char made[2 * KEY_BYTES + 1];
    const char *key = ctl->key;
    if (key == NULL && !random_key(made)) return ctl_fail(PAYSCORE_E_CRYPTO, command, "");
    if (key == NULL) key = made;
    for (int64_t until_ms = ctl_now_ms() + PATIENCE_MS; ctl_now_ms() < until_ms;) {
        struct payscore_owner owner;
        struct answer answer = {NULL, 0, 0};
        int code = CTL_FAILED;
        enum payscore_status rc = payscore_driver(ctl->config.texts[PS_KEY_store_path], &owner);
        if (rc == PAYSCORE_OK && owner.driven && owner.socket[0] != '\0') {
            bool done = post(ctl, owner.socket, command, key, body, &answer);
            if (done) code = answered(ctl, &answer);
            free(answer.text);
            if (done && answer.status != 503) return code;
        } else if (rc != PAYSCORE_OK || !owner.driven) {
            rc = submit_straight(ctl, command, key, body, &code);
            if (rc != PAYSCORE_E_BUSY) return code;
        }
        wait_a_moment();
    }
    fprintf(stderr, "payscorectl: the store at %s is driven by a process that does not answer\n",
            ctl->config.texts[PS_KEY_store_path]);
    return CTL_BUSY;
}
