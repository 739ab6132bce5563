/*
 * Room: data.mdb is kept allocated beyond its used pages, so that evidence can be written when the
 * disk has none left for anything else; the end of the map is watched in the same way. Free pages
 * inside the file count as well, once there is nothing else to be had.
 *
 * While there is room a commit costs two comparisons: half a reserve more than the reserve is
 * asked for, so that a call of the system comes once for each half reserve that the store grows.
 */
#define _GNU_SOURCE /* fallocate */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "store/lmdb.h"

static const uint64_t reserve_default = (uint64_t)32 << 20;
static const uint64_t stuck_default = (uint64_t)1 << 30;
static const uint64_t refused_room_bytes = (uint64_t)1 << 20;
/* Readers are looked at each time that the store has grown by this part of what one may hold. */
enum { LOOKS_PER_STUCK = 16, COMMITS_PER_CHECK = 1024 };

static struct ps_lmdb *lmdb_of(struct ps_store *store)
{
    return (struct ps_lmdb *)store;
}

bool ps_room_init(struct ps_lmdb *store, const struct ps_lmdb_options *options)
{
    struct ps_room *room = &store->room;

    uint64_t map_bytes = options->map_bytes_max;

    room->reserve_bytes = options->reserve_bytes;
    if (room->reserve_bytes == 0) room->reserve_bytes = reserve_default;
    if (options->reserve_bytes == 0 && map_bytes != 0 && map_bytes / 8 < reserve_default)
        room->reserve_bytes = map_bytes / 8;
    room->stuck_bytes =
        options->stuck_growth_bytes != 0 ? options->stuck_growth_bytes : stuck_default;
    return pthread_mutex_init(&room->mutex, NULL) == 0;
}

void ps_room_fini(struct ps_lmdb *store)
{
    (void)pthread_mutex_destroy(&store->room.mutex);
}

/* Where things are now. */
struct measure {
    uint64_t used_until, map_bytes, commit;
    int file;
};

static bool measure(struct ps_lmdb *store, struct measure *now)
{
    MDB_envinfo info;
    MDB_stat stat;

    if (mdb_env_info(store->env, &info) != MDB_SUCCESS) return false;
    if (mdb_env_get_fd(store->env, &now->file) != MDB_SUCCESS) return false;
    if (store->room.page_bytes == 0) {
        if (mdb_env_stat(store->env, &stat) != MDB_SUCCESS) return false;
        store->room.page_bytes = stat.ms_psize;
    }
    now->used_until = ((uint64_t)info.me_last_pgno + 1) * store->room.page_bytes;
    now->map_bytes = info.me_mapsize;
    now->commit = info.me_last_txnid;
    return true;
}

static uint64_t disk_free(int file)
{
    struct statvfs disk;
    if (fstatvfs(file, &disk) != 0) return 0;
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

/* Allocates up to `until`. A file system that cannot is trusted for what it says is free. */
static bool allocate(const struct measure *now, uint64_t until)
{
    int code;

    do {
        code = fallocate(now->file, FALLOC_FL_KEEP_SIZE, (off_t)now->used_until,
                         (off_t)(until - now->used_until));
    } while (code != 0 && errno == EINTR);
    if (code == 0) return true;
    if (errno != EOPNOTSUPP && errno != ENOSYS) return false;
    return disk_free(now->file) >= until - now->used_until;
}

/* Tops up the reserve. Under the room's mutex. */
static void top_up(struct ps_room *room, const struct measure *now)
{
    uint64_t least = now->used_until + room->reserve_bytes;
    uint64_t most = least + room->reserve_bytes / 2;

    room->short_of_map = least > now->map_bytes;
    if (least > now->map_bytes) least = now->map_bytes;
    if (most > now->map_bytes) most = now->map_bytes;
    bool got = most <= now->used_until || allocate(now, most);
    if (!got && allocate(now, least)) {
        got = true;
        most = least;
    }
    /* On a file system that copies what it writes the reserve is no promise. */
    if (got && room->refused) got = disk_free(now->file) >= refused_room_bytes;
    room->short_of_disk = !got;
    room->refused = room->refused && !got;
    room->ready_until = got && !room->short_of_map ? most : 0;
}

void ps_room_keep(struct ps_lmdb *store, enum payscore_status committed)
{
    struct ps_room *room = &store->room;
    struct measure now;
    int dead;

    (void)pthread_mutex_lock(&room->mutex);
    if (committed == PAYSCORE_E_FULL) {
        room->refused = true;
        room->ready_until = 0;
    }
    if (committed == PAYSCORE_OK && measure(store, &now) &&
        now.used_until + room->reserve_bytes > room->ready_until)
        top_up(room, &now);
    bool check = ++room->commits % COMMITS_PER_CHECK == 0;
    (void)pthread_mutex_unlock(&room->mutex);
    if (check) (void)mdb_reader_check(store->env, &dead);
}

/* Looks who holds back most, and whether that is too much. Under the room's mutex. */
static void look_at_readers(struct ps_lmdb *store, const struct measure *now)
{
    struct ps_room *room = &store->room;
    struct ps_slot slots[PS_SLOTS_MAX];
    struct ps_free free;
    uint64_t step = room->stuck_bytes / LOOKS_PER_STUCK;

    room->stuck_pid = 0;
    room->look_at = now->used_until + (step > 0 ? step : 1);
    size_t count = ps_lmdb_slots(store->env, slots, PS_SLOTS_MAX);
    if (count == 0 || ps_lmdb_free(&store->base, slots, count, &free) != PAYSCORE_OK) return;
    if (slots[0].held * room->page_bytes <= room->stuck_bytes) return;
    room->stuck_pid = slots[0].pid; /* The oldest holds what all the younger ones do, and more. */
    room->stuck_commits = free.commit - slots[0].commit;
    room->stuck_held = slots[0].held * room->page_bytes;
}

/* Free pages of the file, as of this commit. Under the room's mutex. */
static uint64_t usable_bytes(struct ps_lmdb *store, const struct measure *now)
{
    struct ps_room *room = &store->room;
    struct ps_slot slots[PS_SLOTS_MAX];
    struct ps_free free;

    if (room->free_at == now->commit) return room->usable_bytes;
    size_t count = ps_lmdb_slots(store->env, slots, PS_SLOTS_MAX);
    if (ps_lmdb_free(&store->base, slots, count, &free) != PAYSCORE_OK) return 0;
    room->free_at = now->commit;
    room->usable_bytes = free.usable * room->page_bytes;
    return room->usable_bytes;
}

static enum payscore_status judge(struct ps_lmdb *store, const struct measure *now)
{
    struct ps_room *room = &store->room;

    if (now->used_until + room->reserve_bytes > room->ready_until) top_up(room, now);
    if (room->short_of_disk || room->short_of_map) {
        /* What one commit needs besides was refused lately: pages alone do not help. */
        if (room->refused || usable_bytes(store, now) < room->reserve_bytes) return PAYSCORE_E_FULL;
    }
    if (room->stuck_pid != 0 || now->used_until >= room->look_at) look_at_readers(store, now);
    return room->stuck_pid != 0 ? PAYSCORE_E_STUCK : PAYSCORE_OK;
}

static void explain(const struct ps_room *room, enum payscore_status status,
                    struct payscore_error *error)
{
    if (error == NULL || status == PAYSCORE_OK) return;
    if (status == PAYSCORE_E_STUCK) {
        (void)snprintf(error->text, sizeof error->text,
                       "Process %" PRId64 " reads a version that is %" PRIu64
                       " commits old and makes the store keep %" PRIu64
                       " bytes for it: end its read, or the process.",
                       room->stuck_pid, room->stuck_commits, room->stuck_held);
    } else if (room->short_of_map && !room->short_of_disk) {
        (void)snprintf(error->text, sizeof error->text,
                       "The store's map is full but for %" PRIu64
                       " bytes kept for evidence: open it with a larger map_bytes_max.",
                       room->reserve_bytes);
    } else {
        (void)snprintf(error->text, sizeof error->text,
                       "The disk has no room beyond %" PRIu64
                       " bytes kept for evidence: free some; commands are then taken again.",
                       room->reserve_bytes);
    }
}

enum payscore_status ps_store_room(struct ps_store *base, struct payscore_error *error)
{
    struct measure now;

    if (base->backend != &ps_lmdb_backend) return PAYSCORE_OK;
    struct ps_lmdb *store = lmdb_of(base);
    struct ps_room *room = &store->room;
    (void)pthread_mutex_lock(&room->mutex);
    enum payscore_status rc = measure(store, &now) ? judge(store, &now) : PAYSCORE_OK;
    explain(room, rc, error);
    (void)pthread_mutex_unlock(&room->mutex);
    return rc;
}

/* A process that may not write cannot ask for room: it looks at what is there. */
static enum payscore_status judge_by_sight(struct ps_lmdb *store, const struct measure *now,
                                           const struct ps_usage *usage, uint64_t allocated)
{
    const struct ps_room *room = &store->room;
    uint64_t until = now->used_until + room->reserve_bytes;
    bool disk = allocated >= until || usage->disk_free_bytes >= until - allocated;
    bool map = until <= now->map_bytes;

    if ((disk && map) || usage->free_bytes >= room->reserve_bytes) return PAYSCORE_OK;
    return PAYSCORE_E_FULL;
}

static size_t fill_readers(const struct ps_room *room, const struct ps_slot *slots, size_t count,
                           const struct ps_free *free, struct ps_reader *readers)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t held = slots[i].held * room->page_bytes;
        uint64_t behind = free->commit > slots[i].commit ? free->commit - slots[i].commit : 0;
        readers[i] = (struct ps_reader){slots[i].pid, behind, held, held > room->stuck_bytes};
    }
    return count;
}

enum payscore_status ps_store_usage(struct ps_store *base, struct ps_usage *usage,
                                    struct ps_reader *readers, size_t max, size_t *count)
{
    struct ps_lmdb *store = lmdb_of(base);
    struct ps_slot slots[PS_SLOTS_MAX];
    struct ps_free free;
    struct measure now;
    struct stat status;

    *usage = (struct ps_usage){.refused = PAYSCORE_OK};
    *count = 0;
    if (base->backend != &ps_lmdb_backend) return PAYSCORE_OK;
    size_t slot_count = ps_lmdb_slots(store->env, slots, PS_SLOTS_MAX);
    enum payscore_status rc = ps_lmdb_free(base, slots, slot_count, &free);
    if (rc != PAYSCORE_OK) return rc;
    if (base->access == PS_WRITE) usage->refused = ps_store_room(base, NULL);
    (void)pthread_mutex_lock(&store->room.mutex);
    bool measured = measure(store, &now);
    (void)pthread_mutex_unlock(&store->room.mutex);
    if (!measured || fstat(now.file, &status) != 0) return PAYSCORE_E_IO;
    usage->file_bytes = (uint64_t)status.st_size;
    usage->free_bytes = free.pages * store->room.page_bytes;
    usage->used_bytes = now.used_until - usage->free_bytes;
    usage->map_bytes = now.map_bytes;
    usage->reserve_bytes = store->room.reserve_bytes;
    usage->disk_free_bytes = disk_free(now.file);
    if (slot_count > max) slot_count = max;
    *count = fill_readers(&store->room, slots, slot_count, &free, readers);
    if (base->access == PS_WRITE) return PAYSCORE_OK;
    usage->refused = judge_by_sight(store, &now, usage, (uint64_t)status.st_blocks * 512);
    if (usage->refused == PAYSCORE_OK && *count > 0 && readers[0].stuck)
        usage->refused = PAYSCORE_E_STUCK;
    return PAYSCORE_OK;
}
