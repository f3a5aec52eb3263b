/// One HTTP request for a file or the rest of one, by libcurl, whose variadic functions Swift cannot call.
#ifndef DRAGON_FETCH_H
#define DRAGON_FETCH_H

#include <stddef.h>
#include <stdint.h>

/// How a request ended.
typedef enum {
    FETCH_DONE = 0,
    /// The server answered with another status than 200 or 206.
    FETCH_REFUSED,
    /// The connection failed or broke; what came so far is good.
    FETCH_BROKEN,
    /// A function of the caller said to stop.
    FETCH_STOPPED,
    /// The address or the library is unusable: trying again will not help.
    FETCH_IMPOSSIBLE,
} fetch_end;

/// What is asked for.
typedef struct {
    const char *url;
    /// Bytes that are there already; 0 asks for the whole.
    int64_t offset;
    /// The entity tag that the bytes came with: another one now makes the server send the whole. NULL where there is
    /// none.
    const char *tag;
    /// Seconds of less than a kilobyte each after which the server has gone.
    int32_t patience;
    /// Told once before any bytes: whether the server goes on at `offset`, all bytes of the file or -1, its tag or
    /// NULL. 0 to go on.
    int (*begin)(int resumes, int64_t total, const char *tag, void *data);
    /// Told of bytes in order. 0 to go on.
    int (*receive)(const void *bytes, size_t count, void *data);
    /// Asked several times a second. 0 to go on.
    int (*tick)(void *data);
    void *data;
} fetch_request;

/// What came of it.
typedef struct {
    fetch_end end;
    /// The server's status, 0 where there was no answer.
    long status;
    /// What went wrong, for people.
    char message[256];
} fetch_outcome;

/// What an address may be redirected to, as libcurl lists protocols: one that is secure to no other.
const char *dragon_fetch_redirections(const char *url);

/// Runs a request on the calling thread.
fetch_outcome dragon_fetch(const fetch_request *request);

#endif
