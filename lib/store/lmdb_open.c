/*
 * Opening the durable store: one directory with LMDB's data.mdb and lock.mdb. Looks before it
 * touches: a file that is not a store of ours is left byte for byte as it was. Transactions are
 * lmdb.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "store/lmdb.h"
#include "store/names.h"

enum { READERS_MAX = PS_SLOTS_MAX, FILE_MODE = 0600, OPEN_FLAGS = MDB_NOTLS | MDB_NORDAHEAD };
static const uint64_t map_bytes_default = (uint64_t)1 << 40;
static const char data_name[] = PS_DATA_NAME;
static const char lock_name[] = PS_LOCK_NAME;

static const char *const table_names[PS_TABLE_COUNT] = {
    [PS_TABLE_RECORDS] = "records",
    [PS_TABLE_ALIASES] = "aliases",
    [PS_TABLE_JOURNAL] = "journal",
    [PS_TABLE_EVIDENCE] = "evidence",
    [PS_TABLE_DUE] = "due",
    [PS_TABLE_META] = "meta",
    [PS_TABLE_HANDOVERS] = "handovers",
};

/* Shared memory and file locks do not reach over these. */
static const long network_file_systems[] = {
    NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, V9FS_MAGIC,
    CEPH_SUPER_MAGIC, AFS_SUPER_MAGIC, AFS_FS_MAGIC,     CODA_SUPER_MAGIC,
};

/* One opening in progress. */
struct opening {
    const struct ps_lmdb_options *options;
    struct payscore_error *error;
    struct ps_lmdb *store;
    size_t map_bytes;
    bool empty; /* There is no store yet. */
};

__attribute__((format(printf, 3, 4))) static enum payscore_status
refuse(const struct opening *opening, enum payscore_status status, const char *format, ...)
{
    struct payscore_error *error = opening->error;
    va_list arguments;
    const char *path = opening->options->path != NULL ? opening->options->path : "";

    if (error == NULL) return status;
    int used = snprintf(error->text, sizeof error->text, "Store '%s': ", path);
    if (used < 0 || (size_t)used >= sizeof error->text) return status;
    va_start(arguments, format);
    (void)vsnprintf(error->text + used, sizeof error->text - (size_t)used, format, arguments);
    va_end(arguments);
    return status;
}

/* The remedy for what LMDB or the system said while doing `what`. */
static enum payscore_status refuse_code(const struct opening *opening, int code, const char *what)
{
    enum payscore_status status = ps_lmdb_status(code);
    const char *remedy = "check the disk and the file's owner and mode";

    switch (status) {
    case PAYSCORE_E_CORRUPT:
        remedy = "it is left as it is; name another directory, or restore a backup";
        break;
    case PAYSCORE_E_VERSION: remedy = "open it with the LMDB version that wrote it"; break;
    case PAYSCORE_E_FULL: remedy = "free disk space, or raise map_bytes_max"; break;
    case PAYSCORE_E_MEMORY:
        remedy = "lower map_bytes_max, or lift the limit on address space (ulimit -v)";
        break;
    case PAYSCORE_E_READERS: remedy = "close some readers"; break;
    default: break;
    }
    return refuse(opening, status, "%s failed: %s; %s.", what, mdb_strerror(code), remedy);
}

static enum payscore_status refuse_foreign(const struct opening *opening)
{
    return refuse(opening, PAYSCORE_E_CORRUPT,
                  "%s was not written by payscore; it is left as it is. Name another directory.",
                  data_name);
}

static enum payscore_status check_options(struct opening *opening)
{
    const struct ps_lmdb_options *options = opening->options;
    uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t bytes = options->map_bytes_max;

    if (options->upgrades && options->access != PS_WRITE) {
        return refuse(opening, PAYSCORE_E_ARGUMENT, "only a writer upgrades it.");
    }
    if (options->path == NULL || options->path[0] == '\0') {
        return refuse(opening, PAYSCORE_E_ARGUMENT, "name the store's directory.");
    }
    if (bytes == 0) bytes = map_bytes_default;
    if (bytes > SIZE_MAX - page_bytes) {
        return refuse(opening, PAYSCORE_E_ARGUMENT,
                      "map_bytes_max %llu is over this machine's address space; lower it.",
                      (unsigned long long)bytes);
    }
    opening->map_bytes = (size_t)((bytes + page_bytes - 1) / page_bytes * page_bytes);
    return PAYSCORE_OK;
}

static enum payscore_status open_directory(struct opening *opening)
{
    struct stat status;
    struct statfs system;

    opening->store->directory = open(opening->options->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opening->store->directory < 0) {
        enum payscore_status rc = errno == ENOENT    ? PAYSCORE_E_NOT_FOUND
                                  : errno == ENOTDIR ? PAYSCORE_E_ARGUMENT
                                                     : PAYSCORE_E_IO;
        return refuse(opening, rc, "%s; name an existing directory.", strerror(errno));
    }
    if (fstat(opening->store->directory, &status) != 0 ||
        fstatfs(opening->store->directory, &system) != 0) {
        return refuse_code(opening, errno, "Looking at the directory");
    }
    for (size_t i = 0; i < sizeof network_file_systems / sizeof network_file_systems[0]; i++) {
        if ((uint32_t)system.f_type == (uint32_t)network_file_systems[i]) {
            return refuse(opening, PAYSCORE_E_ARGUMENT,
                          "it lies on a network file system; use a local disk.");
        }
    }
    opening->store->device = status.st_dev;
    opening->store->inode = status.st_ino;
    opening->store->pid = getpid();
    return PAYSCORE_OK;
}

/* A backup does not know what was done since; whoever drove it would do it again. */
static enum payscore_status refuse_marked(const struct opening *opening)
{
    if (faccessat(opening->store->directory, PS_BACKUP_MARK, F_OK, 0) == 0)
        return refuse(opening, PAYSCORE_E_ARGUMENT,
                      "it is a backup; restore it into another directory.");
    if (faccessat(opening->store->directory, PS_RESTORING, F_OK, 0) == 0)
        return refuse(opening, PAYSCORE_E_ARGUMENT,
                      "a restore into it did not come to its end; remove it and restore again.");
    return PAYSCORE_OK;
}

static enum payscore_status join_register(const struct opening *opening)
{
    if (ps_lmdb_join(opening->store)) return PAYSCORE_OK;
    return refuse(opening, PAYSCORE_E_ARGUMENT,
                  "this process has it open already; share that handle, or close it first.");
}

static enum payscore_status open_environment(const struct opening *opening, unsigned flags,
                                             MDB_env **out)
{
    MDB_env *env = NULL;

    int code = mdb_env_create(&env);
    if (code == MDB_SUCCESS) code = mdb_env_set_maxdbs(env, PS_TABLE_COUNT);
    if (code == MDB_SUCCESS) code = mdb_env_set_maxreaders(env, READERS_MAX);
    if (code == MDB_SUCCESS) code = mdb_env_set_mapsize(env, opening->map_bytes);
    if (code == MDB_SUCCESS) {
        code = mdb_env_open(env, opening->options->path, OPEN_FLAGS | flags, FILE_MODE);
    }
    if (code != MDB_SUCCESS) {
        if (env != NULL) mdb_env_close(env);
        return refuse_code(opening, code, "Opening");
    }
    int file = -1; /* LMDB lets it be inherited by what the process executes. */
    if (mdb_env_get_fd(env, &file) == MDB_SUCCESS) (void)fcntl(file, F_SETFD, FD_CLOEXEC);
    *out = env;
    return PAYSCORE_OK;
}

static enum payscore_status check_schema(const struct opening *opening, MDB_txn *txn)
{
    MDB_dbi meta;
    MDB_val key = ps_lmdb_value(ps_store_schema_key());
    MDB_val row;
    uint32_t found;

    int code = mdb_dbi_open(txn, table_names[PS_TABLE_META], 0, &meta);
    if (code == MDB_SUCCESS) code = mdb_get(txn, meta, &key, &row);
    if (code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE) return refuse_foreign(opening);
    if (code != MDB_SUCCESS) return refuse_code(opening, code, "Reading the schema");
    struct payscore_text text = {row.mv_data, row.mv_size};
    enum payscore_status rc = ps_store_schema(text, &found);
    if (rc == PAYSCORE_E_CORRUPT) return refuse_foreign(opening);
    if (rc == PAYSCORE_E_VERSION) {
        return refuse(opening, rc,
                      "its schema is %u, this build reads %u to %u; use a newer build.",
                      (unsigned)found, (unsigned)PS_SCHEMA_OLDEST, (unsigned)PS_SCHEMA_VERSION);
    }
    opening->store->base.outdated = found != PS_SCHEMA_VERSION;
    if (found != PS_SCHEMA_VERSION && !opening->options->upgrades) {
        return refuse(opening, PAYSCORE_E_VERSION,
                      "its schema is %u, this build writes %u; open it once with its driver.",
                      (unsigned)found, (unsigned)PS_SCHEMA_VERSION);
    }
    return rc;
}

static enum payscore_status inspect_environment(struct opening *opening, MDB_env *env)
{
    MDB_envinfo info;
    MDB_txn *txn;

    int code = mdb_env_info(env, &info);
    if (code == MDB_SUCCESS && info.me_last_txnid == 0) {
        opening->empty = true; /* Whoever made the file never committed anything to it. */
        return PAYSCORE_OK;
    }
    if (code == MDB_SUCCESS) code = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (code != MDB_SUCCESS) return refuse_code(opening, code, "Reading");
    enum payscore_status rc = check_schema(opening, txn);
    mdb_txn_abort(txn);
    return rc;
}

/* What LMDB believes unseen: that its meta pages are sound, and the pages they count are there. */
static enum payscore_status inspect_pages(const struct opening *opening)
{
    struct payscore_text why = {NULL, 0};

    int file = openat(opening->store->directory, data_name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return refuse_code(opening, errno, "Looking at data.mdb");
    enum payscore_status rc = ps_pages_check(file, &why);
    int code = errno;
    (void)close(file);
    if (rc == PAYSCORE_OK) return rc;
    if (rc == PAYSCORE_E_VERSION) return refuse_code(opening, MDB_VERSION_MISMATCH, "Opening");
    if (rc == PAYSCORE_E_IO) return refuse_code(opening, code, "Reading data.mdb");
    if (why.data == NULL)
        return rc == PAYSCORE_E_CORRUPT ? refuse_foreign(opening)
                                        : refuse(opening, rc, "memory is short.");
    return refuse(opening, rc, "%s %s; it is left as it is. Restore a backup.", data_name,
                  why.data);
}

/*
 * Looks at the data file through an environment of its own that can write nothing. Where there is
 * no lock.mdb nobody has the files open, and none is made.
 */
static enum payscore_status inspect(struct opening *opening)
{
    struct stat data;
    MDB_env *env = NULL;
    unsigned flags = MDB_RDONLY;

    if (fstatat(opening->store->directory, data_name, &data, 0) != 0) {
        opening->empty = errno == ENOENT;
        return opening->empty ? PAYSCORE_OK : refuse_code(opening, errno, "Looking at data.mdb");
    }
    if (!S_ISREG(data.st_mode)) return refuse_foreign(opening);
    if (data.st_size == 0) {
        opening->empty = true; /* A process died between making the file and writing to it. */
        return PAYSCORE_OK;
    }
    enum payscore_status rc = inspect_pages(opening);
    if (rc != PAYSCORE_OK) return rc;
    if (faccessat(opening->store->directory, lock_name, F_OK, 0) != 0) flags |= MDB_NOLOCK;
    rc = open_environment(opening, flags, &env);
    if (rc != PAYSCORE_OK) return rc;
    rc = inspect_environment(opening, env);
    mdb_env_close(env);
    return rc;
}

static enum payscore_status open_tables(const struct opening *opening, MDB_txn *txn, unsigned flags)
{
    for (int table = 0; table < PS_TABLE_COUNT; table++) {
        int code = mdb_dbi_open(txn, table_names[table], flags, &opening->store->tables[table]);
        if (code == MDB_NOTFOUND) {
            return refuse(opening, PAYSCORE_E_CORRUPT, "table %s is missing; restore a backup.",
                          table_names[table]);
        }
        if (code != MDB_SUCCESS) return refuse_code(opening, code, "Opening a table");
    }
    return PAYSCORE_OK;
}

/* Tables, schema and head of a new store, in one transaction: there is no half store. */
static enum payscore_status found(const struct opening *opening, struct ps_txn *txn)
{
    MDB_txn *lmdb = ((struct ps_lmdb_txn *)txn)->txn;
    MDB_dbi main;
    MDB_stat stat;

    int code = mdb_dbi_open(lmdb, NULL, 0, &main);
    if (code == MDB_SUCCESS) code = mdb_stat(lmdb, main, &stat);
    if (code != MDB_SUCCESS) return refuse_code(opening, code, "Making the store");
    if (stat.ms_entries != 0) {
        return refuse(opening, PAYSCORE_E_BUSY, "another process made it just now; open it again.");
    }
    enum payscore_status rc = open_tables(opening, lmdb, MDB_CREATE);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_store_found(&ps_lmdb_backend, txn, opening->options->incarnation);
    return rc == PAYSCORE_OK ? rc : refuse(opening, rc, "Its first rows could not be written.");
}

static enum payscore_status use_tables(const struct opening *opening)
{
    struct ps_store *base = &opening->store->base;
    struct ps_txn *txn = NULL;

    /* Handles outlive the transaction that opened them only if it commits. */
    enum ps_access access = opening->empty ? PS_WRITE : PS_READ;
    enum payscore_status rc = ps_lmdb_backend.begin(base, access, &txn);
    if (rc != PAYSCORE_OK) return refuse(opening, rc, "no transaction could begin; try again.");
    if (opening->empty) {
        rc = found(opening, txn);
    } else {
        rc = open_tables(opening, ((struct ps_lmdb_txn *)txn)->txn, 0);
    }
    if (rc != PAYSCORE_OK) {
        ps_lmdb_backend.abort(txn);
        return rc;
    }
    rc = ps_lmdb_backend.commit(txn);
    if (rc == PAYSCORE_OK && opening->empty && fsync(opening->store->directory) != 0)
        rc = PAYSCORE_E_IO;
    return rc == PAYSCORE_OK ? rc : refuse(opening, rc, "it could not be synced; check the disk.");
}

static enum payscore_status open_store(struct opening *opening)
{
    const struct ps_lmdb_options *options = opening->options;
    bool writes = options->access == PS_WRITE;
    int dead;

    enum payscore_status rc = open_directory(opening);
    if (rc == PAYSCORE_OK && writes) rc = refuse_marked(opening);
    if (rc == PAYSCORE_OK) rc = join_register(opening);
    if (rc == PAYSCORE_OK) rc = inspect(opening);
    if (rc != PAYSCORE_OK) return rc;
    bool makes = writes && (options->upgrades || options->incarnation != 0);
    if (opening->empty && !makes) {
        return refuse(opening, PAYSCORE_E_NOT_FOUND, "there is no store here.");
    }
    if (opening->empty && options->incarnation == 0) {
        return refuse(opening, PAYSCORE_E_ARGUMENT,
                      "a new store needs an incarnation; give a random number that is not 0.");
    }
    rc = ps_lmdb_reserve_slots(opening->store->directory);
    if (rc != PAYSCORE_OK) return refuse_code(opening, ENOSPC, "Making lock.mdb");
    rc = open_environment(opening, writes ? 0 : MDB_RDONLY, &opening->store->env);
    if (rc != PAYSCORE_OK) return rc;
    (void)mdb_reader_check(opening->store->env, &dead);
    return use_tables(opening);
}

enum payscore_status ps_store_open_lmdb(struct ps_store **store,
                                        const struct ps_lmdb_options *options,
                                        struct payscore_error *error)
{
    struct opening opening = {.options = options, .error = error};
    enum payscore_status rc = check_options(&opening);

    *store = NULL;
    if (rc != PAYSCORE_OK) return rc;
    opening.store = calloc(1, sizeof *opening.store);
    if (opening.store == NULL) return refuse(&opening, PAYSCORE_E_MEMORY, "memory is short.");
    opening.store->directory = opening.store->feed.file = -1;
    bool roomy = ps_room_init(opening.store, options);
    rc = roomy ? ps_store_init(&opening.store->base, &ps_lmdb_backend, options->access)
               : PAYSCORE_E_MEMORY;
    if (rc != PAYSCORE_OK) {
        if (roomy) ps_room_fini(opening.store);
        free(opening.store);
        return refuse(&opening, rc, "memory is short.");
    }
    rc = open_store(&opening);
    if (rc == PAYSCORE_OK) {
        if (options->access == PS_WRITE)
            ps_news_prepare(&opening.store->feed, opening.store->directory);
        *store = &opening.store->base;
    } else {
        ps_store_close(&opening.store->base);
    }
    return rc;
}
