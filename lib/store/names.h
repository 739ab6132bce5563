/* The names in a store's directory that more than one file of the library knows. */
#ifndef PS_STORE_NAMES_H
#define PS_STORE_NAMES_H

#define PS_DATA_NAME "data.mdb"
#define PS_LOCK_NAME "lock.mdb"
#define PS_FEED_NAME "feed"

/* What makes a directory one that nobody may write a store in. */
#define PS_BACKUP_MARK "backup"    /* It holds a backup. */
#define PS_RESTORING   "restoring" /* A restore into it has not come to its end. */

#endif
