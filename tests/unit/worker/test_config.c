/* A configuration is taken whole, or refused with one line that says what to mend. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/platform_side.h"
#include "worker/launch.h"

static char folder[] = "/tmp/payscore-config-XXXXXX";
static char conf[64];

/** A configuration that is right, in order of its sections. */
static const struct {
    const char *section, *key, *value;
    bool required;
} lines[] = {
    {"merchant", "mchid", TEST_MCHID, true},
    {"merchant", "appid", "wx8888888888888888", true},
    {"merchant", "service_id", "00002000000000158728912345678901", true},
    {"merchant", "merchant_key_file", "merchant.pem", true},
    {"merchant", "merchant_serial", TEST_MERCHANT_SERIAL, true},
    {"merchant", "apiv3_key_file", "apiv3.key", true},
    {"merchant", "apiv3_old_key_file", "apiv3.key", false},
    {"merchant", "platform_public_key_file", "platform.pem", true},
    {"merchant", "platform_public_key_id", TEST_PUBLIC_KEY_ID, true},
    {"platform", "base_url", "http://127.0.0.1:9", false},
    {"platform", "backup_url", "https://api2.mch.weixin.qq.com", false},
    {"platform", "connect_timeout_ms", "1000", false},
    {"platform", "timeout_ms", "2000", false},
    {"platform", "requests_per_second", "20", false},
    {"notify", "url", "https://pay.example.com/payscore/notify", true},
    {"notify", "listen", "127.0.0.1:0", false},
    {"api", "listen", "127.0.0.1:0", false},
    {"api", "token_file", "token", true},
    {"store", "path", "store", true},
    {"store", "map_bytes", "1073741824", false},
    {"store", "reserve_bytes", "1048576", false},
    {"store", "stuck_growth_bytes", "16777216", false},
    {"store", "retention_days", "365", false},
    {"log", "level", "error", false},
};

enum { LINE_COUNT = sizeof lines / sizeof lines[0] };

static void put(const char *name, const char *text, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/** Write the configuration with one line changed; NULL leaves the line out. */
static void put_config(const char *section, const char *key, const char *value)
{
    char text[4096] = "";
    size_t size = 0;
    for (size_t i = 0; i < LINE_COUNT; i++) {
        bool changed = strcmp(lines[i].section, section) == 0 && strcmp(lines[i].key, key) == 0;
        const char *put_value = changed ? value : lines[i].value;
        bool begins = i == 0 || strcmp(lines[i].section, lines[i - 1].section) != 0;
        if (begins) size += (size_t)sprintf(text + size, "[%s]\n", lines[i].section);
        if (put_value == NULL) continue;
        size += (size_t)sprintf(text + size, "%s = %s\n", lines[i].key, put_value);
    }
    put("payscore.conf", text, 0644);
}

static enum ps_exit check(struct payscore_error *error)
{
    struct ps_launch launch;
    enum ps_exit code = ps_launch_check(&launch, conf, error);
    ps_launch_end(&launch);
    return code;
}

/** The configuration is refused in one line that names the file and holds `parts`. */
static void expect_line(const char *const *parts, size_t count)
{
    struct payscore_error error;
    assert_int_equal(check(&error), PS_EXIT_CONFIG);
    assert_null(strchr(error.text, '\n'));
    assert_non_null(strstr(error.text, conf));
    for (size_t i = 0; i < count; i++) {
        if (strstr(error.text, parts[i]) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", error.text, parts[i]);
        }
    }
}

static void expect_refused(const char *section, const char *key, const char *value,
                           const char *remedy)
{
    char named[128];
    snprintf(named, sizeof named, "[%s] %s", section, key);
    put_config(section, key, value);
    expect_line((const char *const[]){named, remedy}, 2);
}

static int make_files(void **state)
{
    (void)state;
    const struct test_keys *keys = test_keys();
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(conf, sizeof conf, "%s/payscore.conf", folder);
    put("merchant.pem", keys->merchant_private, 0600);
    put("platform.pem", keys->platform_public, 0644);
    put("apiv3.key", TEST_APIV3_KEY "\n", 0600);
    put("token", "0123456789abcdef\n", 0600);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    static const char *const names[] = {"merchant.pem", "platform.pem",  "apiv3.key",
                                        "token",        "payscore.conf", "other"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static void a_right_configuration_passes_with_its_keys(void **state)
{
    (void)state;
    struct payscore_error error;
    put_config("", "", NULL);
    if (check(&error) != PS_EXIT_FINE) fail_msg("%s", error.text);
}

static void values_and_defaults_are_what_the_file_means(void **state)
{
    (void)state;
    struct ps_config config;
    struct payscore_error error;
    put_config("platform", "timeout_ms", NULL);
    assert_true(ps_config_read(&config, conf, &error));
    assert_string_equal(config.texts[PS_KEY_merchant_mchid], TEST_MCHID);
    assert_int_equal(config.numbers[PS_KEY_platform_timeout_ms], 15000);
    assert_int_equal(config.numbers[PS_KEY_platform_requests_per_second], 20);
    assert_int_equal(config.numbers[PS_KEY_log_level], 3);
    char store[128];
    snprintf(store, sizeof store, "%s/store", folder);
    assert_string_equal(config.texts[PS_KEY_store_path], store);
    ps_config_clear(&config);
}

static void each_required_key_is_missed_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINE_COUNT; i++) {
        struct payscore_error error;
        if (lines[i].required) {
            expect_refused(lines[i].section, lines[i].key, NULL, "is missing");
            expect_refused(lines[i].section, lines[i].key, "", "is missing");
        } else {
            put_config(lines[i].section, lines[i].key, NULL);
            bool local = strcmp(lines[i].section, "api") == 0;
            if (!local) assert_int_equal(check(&error), PS_EXIT_FINE);
        }
    }
}

static void each_wrong_value_is_named_with_its_remedy(void **state)
{
    (void)state;
    static const struct {
        const char *section, *key, *value, *remedy;
    } rows[] = {
        {"merchant", "mchid", "19000001O9", "must be 1 to 32 digits"},
        {"merchant", "appid", "wx 1", "must be letters"},
        {"merchant", "service_id", "-1", "must be 1 to 32 digits"},
        {"merchant", "merchant_key_file", "none.pem", "cannot be opened"},
        {"merchant", "merchant_key_file", "/", "no regular file"},
        {"merchant", "merchant_serial", "408B", "40 hex digits"},
        {"merchant", "apiv3_key_file", "token", "must hold 32 characters"},
        {"merchant", "apiv3_old_key_file", "none", "cannot be opened"},
        {"merchant", "platform_public_key_file", "none", "cannot be opened"},
        {"merchant", "platform_public_key_id", "a b", "must be letters"},
        {"platform", "base_url", "http://api.mch.weixin.qq.com", "http only for a loopback"},
        {"platform", "base_url", "https://api.mch.weixin.qq.com/v3", "without a path"},
        {"platform", "base_url", "https://u:p@api.mch.weixin.qq.com", "https://host"},
        {"platform", "base_url", "http://128.0.0.1:80", "http only for a loopback"},
        {"platform", "base_url", "ftp://127.0.0.1", "https://host"},
        {"platform", "backup_url", "api2", "https://host"},
        {"platform", "connect_timeout_ms", "0", "100 to 120000"},
        {"platform", "timeout_ms", "5s", "100 to 120000"},
        {"platform", "requests_per_second", "0", "1 to 10000"},
        {"notify", "url", "https://pay.example.com/n?a=1", "without a query"},
        {"notify", "url", "http://pay.example.com/n", "http only for a loopback"},
        {"notify", "listen", "unix:/tmp/n", "must be host:port"},
        {"notify", "listen", "8080", "must be host:port"},
        {"api", "listen", "unix:relative", "unix:/path"},
        {"api", "token_file", "none", "cannot be opened"},
        {"store", "map_bytes", "1000", "1048576"},
        {"store", "reserve_bytes", "0", "1048576"},
        {"store", "stuck_growth_bytes", "1G", "1048576"},
        {"store", "retention_days", "-1", "0 to 36500"},
        {"log", "level", "loud", "debug, info, warning or error"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_refused(rows[i].section, rows[i].key, rows[i].value, rows[i].remedy);
        if (rows[i].value[0] != '\0') {
            expect_line((const char *const[]){rows[i].value}, 1);
        }
    }
}

static void plain_http_is_for_loopback_hosts(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://localhost:1", "http://[::1]:1", "http://127.1.2.3",
                                       "https://api.mch.weixin.qq.com:443"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct payscore_error error;
        put_config("platform", "base_url", urls[i]);
        if (check(&error) != PS_EXIT_FINE) fail_msg("%s", error.text);
    }
}

static void lines_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    char big[400];
    memset(big, 'a', sizeof big);
    big[sizeof big - 1] = '\0';
    put("payscore.conf", "[merchant]\nmchid = 1\nmchid = 2\n", 0644);
    expect_line((const char *const[]){"[merchant] mchid", "given twice"}, 2);
    put("payscore.conf", "[merchant]\nmch_id = 1\n", 0644);
    expect_line((const char *const[]){"[merchant] mch_id", "no such key"}, 2);
    put("payscore.conf", "[merchant]\nmchid\n", 0644);
    expect_line((const char *const[]){"line 2"}, 1);
    put("payscore.conf", big, 0644);
    expect_line((const char *const[]){"longer than"}, 1);
    put("payscore.conf", "", 0644);
    expect_line((const char *const[]){"cannot be read, is empty"}, 1);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file, *section, *key;
    } rows[] = {{"merchant.pem", "merchant", "merchant_key_file"},
                {"apiv3.key", "merchant", "apiv3_key_file"},
                {"token", "api", "token_file"}};
    put_config("", "", NULL);
    for (size_t i = 0; i < 3; i++) {
        char path[128], named[64];
        snprintf(path, sizeof path, "%s/%s", folder, rows[i].file);
        snprintf(named, sizeof named, "[%s] %s", rows[i].section, rows[i].key);
        chmod(path, 0640);
        expect_line((const char *const[]){named, "chmod 600", path}, 3);
        chmod(path, 0600);
    }
}

static void a_key_that_is_none_is_refused_without_its_bytes(void **state)
{
    (void)state;
    struct payscore_error error;
    put("other", "this is 32 characters of a secret", 0600);
    put_config("merchant", "merchant_key_file", "other");
    assert_int_equal(check(&error), PS_EXIT_CONFIG);
    assert_non_null(strstr(error.text, "merchant"));
    assert_null(strstr(error.text, "32 characters of a secret"));
    put("other", "short", 0600);
    put_config("api", "token_file", "other");
    expect_line((const char *const[]){"[api] token_file", "16 characters"}, 2);
}

static void certificates_may_stand_in_for_the_public_key(void **state)
{
    (void)state;
    put_config("merchant", "platform_public_key_file", NULL);
    expect_line((const char *const[]){"go together"}, 1);
    put("payscore.conf",
        "[merchant]\nmchid=1\nappid=a\nservice_id=1\nmerchant_key_file=merchant.pem\n"
        "merchant_serial=" TEST_MERCHANT_SERIAL "\napiv3_key_file=apiv3.key\n"
        "platform_certificate_files = platform.pem, none.pem\n"
        "[notify]\nurl=https://a.example/b\n[store]\npath=s\n[api]\nlisten=unix:/tmp/x\n",
        0644);
    expect_line((const char *const[]){"platform_certificate_files", "none.pem"}, 2);
}

static void the_example_documents_every_key(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ps_config_example(out);
    fclose(out);
    char *kept = calloc(1, size + 1);
    FILE *file = fopen(TEST_SOURCE_DIR "/../worker/payscore.conf", "r");
    assert_non_null(file);
    assert_int_equal(fread(kept, 1, size + 1, file), size);
    fclose(file);
    assert_memory_equal(text, kept, size);
#define KEY(section, key, type, required, default_text, help)                                      \
    assert_non_null(strstr(text, "\n; " help "\n"));
#include "worker/config.def"
    free(text);
    free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_right_configuration_passes_with_its_keys),
        cmocka_unit_test(values_and_defaults_are_what_the_file_means),
        cmocka_unit_test(each_required_key_is_missed_by_name),
        cmocka_unit_test(each_wrong_value_is_named_with_its_remedy),
        cmocka_unit_test(plain_http_is_for_loopback_hosts),
        cmocka_unit_test(lines_that_mean_nothing_are_refused),
        cmocka_unit_test(a_key_that_others_can_read_is_refused),
        cmocka_unit_test(a_key_that_is_none_is_refused_without_its_bytes),
        cmocka_unit_test(certificates_may_stand_in_for_the_public_key),
        cmocka_unit_test(the_example_documents_every_key),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
