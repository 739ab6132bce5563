/*
 * A backend that lends power banks. It has no status column and calls
 * nobody: it says what it wants, and reads in the feed what became of
 * it. payscore-worker drives the store beside it.
 *
 *   power_bank STORE lend NUMBER OPENID   a user takes a power bank
 *   power_bank STORE return NUMBER FEN    and brings it back
 *   power_bank STORE book SECONDS         waits so long for more
 */
#include <cJSON.h>
#include <payscore/payscore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

/* Who we are to the platform. No keys: only the driver signs. */
static struct payscore *open_store(const char *path)
{
    const struct payscore_merchant merchant = {
        .mchid = PAYSCORE_TEXT("1900000109"),
        .appid = PAYSCORE_TEXT("wx8888888888888888"),
        .service_id = PAYSCORE_TEXT("00002000000000158728912345678901"),
        .notify_url = PAYSCORE_TEXT("https://shop.example/payscore")};
    const struct payscore_options *options =
        PAYSCORE_OPTIONS(.path = path, .role = PAYSCORE_SUBMITTER,
                         .merchants = &merchant, .merchant_count = 1);
    struct payscore *store;
    struct payscore_error error;
    if (payscore_open(&store, options, &error) != PAYSCORE_OK)
        fprintf(stderr, "%s\n", error.text);
    return store;
}

/* Submit a command, say what became of it. The key makes repeating
 * safe: if the first try was taken after all, the second gets its
 * answer. A refusal is no error; the message says why. */
static int submit(struct payscore *store, const char *name,
                  const char *number, cJSON *body)
{
    cJSON_AddStringToObject(body, "out_order_no", number);
    char key[64], *json = cJSON_PrintUnformatted(body);
    snprintf(key, sizeof key, "%s-%s", name, number);
    const struct payscore_command command = {.name = text_of(name),
                                             .key = text_of(key),
                                             .body = text_of(json)};
    struct payscore_result result;
    struct payscore_error error;
    enum payscore_status status = PAYSCORE_E_UNSURE;
    for (int i = 0; i < 5 && status == PAYSCORE_E_UNSURE; i++)
        status = payscore_submit(store, &command, &result, &error);
    free(json);
    cJSON_Delete(body);
    if (status == PAYSCORE_OK && result.verdict != PAYSCORE_REFUSED)
        return printf("%s %s: %s\n", name, number, result.state) < 0;
    puts(status == PAYSCORE_OK ? result.error.text : error.text);
    return 1;
}

/* The bodies are the platform's own JSON, less what the store knows. */
static int lend(struct payscore *store, const char *number,
                const char *user)
{
    cJSON *body =
        cJSON_Parse("{\"service_introduction\": \"充电宝租借\","
                    " \"post_payments\": [{\"name\": \"租金\","
                    "   \"description\": \"3元/小时，封顶30元\"}],"
                    " \"risk_fund\": {\"name\": \"ESTIMATE_ORDER_COST\","
                    "   \"amount\": 3000}}");
    cJSON_AddStringToObject(body, "openid", user);
    return submit(store, "create", number, body);
}

static int take_back(struct payscore *store, const char *no, long fen)
{
    char end[16], json[256]; /* Times are Beijing's at the platform. */
    time_t beijing = time(NULL) + 28800;
    struct tm tm;
    strftime(end, sizeof end, "%Y%m%d%H%M%S", gmtime_r(&beijing, &tm));
    snprintf(
        json, sizeof json,
        "{\"post_payments\": [{\"name\": \"租金\", \"amount\": %ld}],"
        " \"total_amount\": %ld,"
        " \"time_range\": {\"end_time\": \"%s\"}}",
        fen, fen, end);
    return submit(store, "complete", no, cJSON_Parse(json));
}

/* One page of the feed into our books; returns how long it was. */
static int book_page(const char *page, char cursor[PAYSCORE_CURSOR_SIZE])
{
    cJSON *root = cJSON_Parse(page), *entry;
    cJSON *entries = cJSON_GetObjectItem(root, "entries");
    cJSON_ArrayForEach(entry, entries)
    {
        cJSON *number = cJSON_GetObjectItem(entry, "out_order_no");
        cJSON *to = cJSON_GetObjectItem(entry, "to");
        if (number != NULL) /* Here stands what your books need. */
            printf("%s %s\n", number->valuestring, to->valuestring);
    }
    entry = cJSON_GetObjectItem(root, "cursor");
    snprintf(cursor, PAYSCORE_CURSOR_SIZE, "%s", entry->valuestring);
    int count = cJSON_GetArraySize(entries);
    cJSON_Delete(root);
    return count;
}

/* Read on where the cursor "books" stands. It is stored when the page is
 * in the books: whoever dies between the two meets the page again. */
static int book(struct payscore *store, int64_t seconds)
{
    const struct payscore_text name = PAYSCORE_TEXT("books");
    char at[PAYSCORE_CURSOR_SIZE], *page;
    struct payscore_error error = {""};
    enum payscore_status rc = payscore_cursor_load(store, name, at);
    if (rc == PAYSCORE_E_NOT_FOUND) rc = PAYSCORE_OK; /* At first. */
    while (rc == PAYSCORE_OK) {
        rc = payscore_feed(store, text_of(at), 100, &page);
        if (rc != PAYSCORE_OK) break;
        int count = book_page(page, at);
        payscore_free(page);
        if (count > 0)
            rc = payscore_cursor_store(store, name, text_of(at), &error);
        else
            rc = payscore_feed_wait(store, text_of(at), seconds * 1000);
    }
    if (rc == PAYSCORE_E_NOT_FOUND) return 0; /* Nothing more came. */
    return printf("%s %s\n", payscore_status_text(rc), error.text) > 0;
}

int main(int argc, char **argv)
{
    struct payscore *store = argc > 3 ? open_store(argv[1]) : NULL;
    const char *what = store != NULL ? argv[2] : "";
    int code = 64; /* The command line is wrong. */
    if (strcmp(what, "lend") == 0 && argc == 5)
        code = lend(store, argv[3], argv[4]);
    if (strcmp(what, "return") == 0 && argc == 5)
        code = take_back(store, argv[3], strtol(argv[4], NULL, 10));
    if (strcmp(what, "book") == 0)
        code = book(store, strtol(argv[3], NULL, 10));
    payscore_close(store);
    return code;
}
