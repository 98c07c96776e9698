// LD_PRELOAD: journals what a process does to some files, and what it says on its standard output, in the order of completion.
//   JOURNAL_OF  paths of the files, with colons between; JOURNAL  where the journal goes; FLUSH_US  microseconds added to each flush.
// A record: op (1 byte), which file (1), offset (8), length (8), bytes. Ops: W write, D write through O_DSYNC, S flush, T truncation to offset,
// A said on standard output.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { MAX_FD = 4096, MAX_FILES = 8, OTHER = 0, PLAIN = 1, DSYNC = 2 };
static char kind[MAX_FD];
static unsigned char file[MAX_FD];
static int journal = -1;
static char *targets[MAX_FILES];
static int target_count;
static long delay;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("JOURNAL"), *us = getenv("FLUSH_US");
  char *of = getenv("JOURNAL_OF");
  if (of) of = strdup(of);
  for (char *rest = of, *one; of && target_count < MAX_FILES && (one = strsep(&rest, ":"));) targets[target_count++] = one;
  if (us) delay = atol(us);
  if (path && target_count)
    journal = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static int of(int fd) { return fd >= 0 && fd < MAX_FD ? kind[fd] : OTHER; }

static void note(char op, int fd, uint64_t offset, uint64_t length, const struct iovec *parts, int count) {
  if (journal < 0) return;
  uint64_t total = 18 + (parts ? length : 0), left = parts ? length : 0;
  char *record = malloc(total), *p = record;
  *p++ = op;
  *p++ = fd >= 0 && fd < MAX_FD ? file[fd] : 0;
  memcpy(p, &offset, 8), p += 8;
  memcpy(p, parts ? &length : &left, 8), p += 8;
  for (int i = 0; i < count && left > 0; i++) {
    uint64_t n = parts[i].iov_len < left ? parts[i].iov_len : left;
    memcpy(p, parts[i].iov_base, n), p += n, left -= n;
  }
  pthread_mutex_lock(&lock);
  for (uint64_t done = 0; done < total;) {
    long n = syscall(SYS_write, journal, record + done, total - done);
    if (n <= 0) abort();
    done += n;
  }
  pthread_mutex_unlock(&lock);
  free(record);
}

static void wait_flush(void) {
  if (delay > 0) usleep(delay);
}

static int opened(int fd, const char *path, int flags) {
  if (fd < 0 || fd >= MAX_FD) return fd;
  kind[fd] = OTHER;
  if (!target_count || !(flags & (O_WRONLY | O_RDWR))) return fd;
  char *real = realpath(path, NULL);
  for (int i = 0; real && i < target_count; i++)
    if (!strcmp(real, targets[i])) kind[fd] = flags & O_DSYNC ? DSYNC : PLAIN, file[fd] = i;
  free(real);
  return fd;
}

static ssize_t wrote(int fd, uint64_t offset, ssize_t n, const struct iovec *parts, int count) {
  if (n <= 0 || of(fd) == OTHER) return n;
  if (of(fd) == DSYNC) wait_flush();
  note(of(fd) == DSYNC ? 'D' : 'W', fd, offset, n, parts, count);
  return n;
}

#define REAL(name) \
  static __typeof__(name) *real_##name; \
  if (!real_##name) real_##name = dlsym(RTLD_NEXT, #name)
#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    int mode = va_arg(rest, int); \
    va_end(rest); \
    return opened(real_##name(path, flags, mode), path, flags); \
  }
OPEN(open)
OPEN(open64)
#define PWRITE(name, type) \
  ssize_t name(int fd, const void *bytes, size_t n, type offset) { \
    REAL(name); \
    struct iovec part = {(void *)bytes, n}; \
    return wrote(fd, offset, real_##name(fd, bytes, n, offset), &part, 1); \
  }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
#define PWRITEV(name, type) \
  ssize_t name(int fd, const struct iovec *parts, int count, type offset) { \
    REAL(name); \
    return wrote(fd, offset, real_##name(fd, parts, count, offset), parts, count); \
  }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

ssize_t write(int fd, const void *bytes, size_t n) {
  REAL(write);
  struct iovec part = {(void *)bytes, n};
  uint64_t offset = of(fd) == OTHER ? 0 : lseek(fd, 0, SEEK_CUR);
  ssize_t done = real_write(fd, bytes, n);
  if (fd == 1 && done > 0) note('A', -1, 0, done, &part, 1);
  return wrote(fd, offset, done, &part, 1);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  uint64_t offset = of(fd) == OTHER ? 0 : lseek(fd, 0, SEEK_CUR);
  return wrote(fd, offset, real_writev(fd, parts, count), parts, count);
}

#define FLUSH(name) \
  int name(int fd) { \
    REAL(name); \
    if (of(fd) == OTHER) return real_##name(fd); \
    wait_flush(); \
    int failed = real_##name(fd); \
    if (!failed) note('S', fd, 0, 0, NULL, 0); \
    return failed; \
  }
FLUSH(fsync)
FLUSH(fdatasync)
#define TRUNCATE(name, type) \
  int name(int fd, type length) { \
    REAL(name); \
    int failed = real_##name(fd, length); \
    if (!failed && of(fd) != OTHER) note('T', fd, length, 0, NULL, 0); \
    return failed; \
  }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < MAX_FD) kind[fd] = OTHER;
  return real_close(fd);
}
