/*
 * A driver of its own: no worker, this program signs and sends. It
 * takes commands from standard input, a name and the platform's JSON
 * a line, and ends when nothing is to be done for a while. It hears of
 * payments by asking; a program with a public address would hand the
 * platform's notifications to payscore_turn() as well.
 *
 *   own_http STORE KEYS URL < commands
 */
#include <curl/curl.h>
#include <payscore/payscore.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CALLS_MAX = 8, FILE_MAX = 8192, LINE_SIZE = 4096 };
enum { QUIET_MS = 10000 }; /* Nothing due for so long: it ends. */

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

/* A file of the folder with the keys, without its last line break. */
static struct payscore_text
read_key(const char *folder, const char *name, char text[FILE_MAX])
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    size_t size = file == NULL ? 0 : fread(text, 1, FILE_MAX, file);
    if (file != NULL) fclose(file);
    while (size > 0 && text[size - 1] == '\n')
        size--;
    return (struct payscore_text){text, size};
}

/* Keys are copied when the store is opened: ours can go then. */
static struct payscore *open_driver(const char *path, const char *keys)
{
    char text[5][FILE_MAX];
    const struct payscore_credentials credentials = {
        .mchid = PAYSCORE_TEXT("1900000109"),
        .merchant_key_pem = read_key(keys, "merchant_key.pem", text[0]),
        .merchant_serial = read_key(keys, "merchant_serial", text[1]),
        .apiv3_keys = {read_key(keys, "apiv3_key", text[2])},
        .platform_keys = {{read_key(keys, "platform_pub.id", text[3]),
                           read_key(keys, "platform_pub.pem", text[4])}},
        .platform_key_count = 1};
    const struct payscore_merchant merchant = {
        .mchid = credentials.mchid,
        .appid = PAYSCORE_TEXT("wx8888888888888888"),
        .service_id = PAYSCORE_TEXT("00002000000000158728912345678901"),
        .notify_url = PAYSCORE_TEXT("https://shop.example/payscore"),
        .credentials = &credentials};
    struct payscore *engine;
    struct payscore_error error;
    if (payscore_open(&engine,
                      PAYSCORE_OPTIONS(.path = path,
                                       .role = PAYSCORE_DRIVER,
                                       .merchants = &merchant,
                                       .merchant_count = 1),
                      &error) != PAYSCORE_OK)
        fprintf(stderr, "own_http: %s\n", error.text);
    return engine;
}

/* What came back from one call, until the turn has read it. */
struct answer {
    CURL *curl;
    char *body;
    size_t size;
};

static size_t collect(char *bytes, size_t one, size_t count, void *user)
{
    struct answer *answer = user;
    size_t size = answer->size + one * count;
    char *body = size > PAYSCORE_REPLY_BODY_MAX
                     ? NULL
                     : realloc(answer->body, size + 1);
    if (body == NULL) return 0; /* Curl gives up: the reply is lost. */
    memcpy(body + answer->size, bytes, one * count);
    answer->body = body;
    answer->size = size;
    return one * count;
}

/*
 * How it ended decides what may happen next. "No byte can have left"
 * may be sent again; of everything else the platform is asked.
 */
static enum payscore_delivery delivery_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK: return PAYSCORE_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return PAYSCORE_NOT_SENT;
    case CURLE_PEER_FAILED_VERIFICATION: return PAYSCORE_TLS;
    default: return PAYSCORE_LOST;
    }
}

/* The reply as the library reads it; it borrows what curl holds. */
static void fill_in(struct payscore_exchange *exchange,
                    const struct answer *answer)
{
    struct curl_header *header = NULL;
    long status = 0;
    curl_easy_getinfo(answer->curl, CURLINFO_RESPONSE_CODE, &status);
    exchange->status = (int)status;
    exchange->body = (struct payscore_text){answer->body, answer->size};
    while (exchange->header_count < PAYSCORE_HEADERS_MAX &&
           (header = curl_easy_nextheader(answer->curl, CURLH_HEADER, -1,
                                          header)) != NULL)
        exchange->headers[exchange->header_count++] =
            (struct payscore_header){text_of(header->name),
                                     text_of(header->value)};
}

/* One call: url and body go out byte for byte as they were signed. */
static void carry_out(struct payscore *engine, const char *base,
                      const struct payscore_call *call,
                      struct payscore_item *item, struct answer *answer)
{
    struct payscore_signed sign;
    struct curl_slist *lines = NULL;
    char url[1024];
    *item = (struct payscore_item){.kind = PAYSCORE_REPLY,
                                   .reply = {.token = call->token}};
    item->reply.exchange.delivery = PAYSCORE_NOT_SENT;
    if (payscore_call_sign(engine, call, &sign) != PAYSCORE_OK) return;
    for (size_t i = 0; i < sign.count; i++)
        lines = curl_slist_append(lines, sign.lines[i]);
    snprintf(url, sizeof url, "%s%.*s", base, (int)call->url.size,
             call->url.data);
    CURL *curl = answer->curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L); /* No retries. */
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (strcmp(call->method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body.data);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
                         (long)call->body.size);
    }
    item->reply.exchange.delivery = delivery_of(curl_easy_perform(curl));
    if (item->reply.exchange.delivery == PAYSCORE_ANSWERED)
        fill_in(&item->reply.exchange, answer);
    curl_slist_free_all(lines);
}

/* How long until something falls due. */
static int64_t left_ms(int64_t next_due_ms)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return next_due_ms > now_ms ? next_due_ms - now_ms : 0;
}

/*
 * The loop. What the last turn handed out is carried out, and its
 * replies are the next turn's items. This one sends one call after
 * another; a busy program has many under way.
 */
static enum payscore_status drive(struct payscore *engine,
                                  const char *base,
                                  struct payscore_error *error)
{
    struct payscore_item items[CALLS_MAX];
    struct answer answers[CALLS_MAX] = {{0}};
    struct payscore_turn turn = {.items = items, .wants = {4, 2, 2}};
    enum payscore_status status = PAYSCORE_OK;
    int64_t left = 0;
    do {
        status = payscore_turn(engine, &turn, error);
        for (size_t i = 0; i < turn.item_count; i++) {
            curl_easy_cleanup(answers[i].curl);
            free(answers[i].body);
        }
        turn.item_count = turn.call_count;
        memset(answers, 0, sizeof answers);
        for (size_t i = 0; i < turn.call_count; i++)
            carry_out(engine, base, &turn.calls[i], &items[i],
                      &answers[i]);
        payscore_calls_free(turn.calls, turn.call_count);
        /* Nothing to send: until something falls due, or is submitted.
         */
        struct pollfd woken = {payscore_descriptor(engine), POLLIN, 0};
        left = turn.call_count > 0 ? 0 : left_ms(turn.next_due_ms);
        if (left > 0 && left <= QUIET_MS) poll(&woken, 1, (int)left);
    } while (status == PAYSCORE_OK && left <= QUIET_MS);
    return status;
}

/* Called from within payscore_turn(), once the command is durable. */
static void tell(void *user, const struct payscore_result *result)
{
    bool taken = result->status == PAYSCORE_OK &&
                 result->verdict != PAYSCORE_REFUSED;
    if (!taken) *(bool *)user = true;
    printf("%s %s\n",
           taken ? result->state : "refused:", result->error.text);
}

int main(int argc, char **argv)
{
    char line[LINE_SIZE];
    bool failed = false;
    struct payscore_error error = {""};
    if (argc != 4) {
        fprintf(stderr, "usage: own_http STORE KEYS URL < commands\n");
        return 64;
    }
    struct payscore *engine = open_driver(argv[1], argv[2]);
    if (engine == NULL) return EXIT_FAILURE;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    enum payscore_status status = PAYSCORE_OK;
    while (status == PAYSCORE_OK && fgets(line, sizeof line, stdin)) {
        size_t name = strcspn(line, " ");
        struct payscore_command command = {
            .name = {line, name},
            .body = text_of(line[name] == ' ' ? line + name + 1 : "")};
        status = payscore_submit_start(engine, &command, tell, &failed,
                                       &error);
    }
    if (status == PAYSCORE_OK) status = drive(engine, argv[3], &error);
    if (status != PAYSCORE_OK)
        fprintf(stderr, "own_http: %s\n", error.text);
    payscore_close(engine);
    curl_global_cleanup();
    return status == PAYSCORE_OK && !failed ? EXIT_SUCCESS
                                            : EXIT_FAILURE;
}
