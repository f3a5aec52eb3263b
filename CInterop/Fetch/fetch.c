#include "fetch.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// A request at work.
typedef struct {
    const fetch_request *request;
    CURL *curl;
    /// From the headers of the last answer: redirections have some too.
    long long first, total;
    char tag[256];
    int has_begun, was_stopped, is_misplaced;
} transfer;

static void prepare_library(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/// The value of a header of that name, without the blanks around it; NULL for another header.
static const char *value_of(const char *line, const char *name) {
    size_t length = strlen(name);
    if (strncasecmp(line, name, length) != 0 || line[length] != ':')
        return NULL;
    return line + length + 1 + strspn(line + length + 1, " \t");
}

static size_t read_header(char *bytes, size_t size, size_t count, void *data) {
    transfer *self = data;
    char line[512];
    size_t length = size * count < sizeof line ? size * count : sizeof line - 1;
    memcpy(line, bytes, length);
    line[length] = 0;
    line[strcspn(line, "\r\n")] = 0;
    const char *value;
    if (strncmp(line, "HTTP/", 5) == 0) {
        self->first = self->total = -1;
        self->tag[0] = 0;
    } else if ((value = value_of(line, "Content-Range"))) {
        long long last;
        if (sscanf(value, "bytes %lld-%lld/%lld", &self->first, &last, &self->total) < 3)
            self->total = -1;
    } else if ((value = value_of(line, "ETag"))) {
        snprintf(self->tag, sizeof self->tag, "%s", value);
    }
    return size * count;
}

/// Tells the caller what the server is about to send.
static int begin(transfer *self, long status) {
    const fetch_request *request = self->request;
    long long total = self->total;
    int resumes = status == 206;
    // A part that starts elsewhere than asked cannot be used.
    if (resumes && self->first != request->offset)
        self->is_misplaced = 1;
    if (self->is_misplaced)
        return 1;
    if (!resumes) {
        curl_off_t length = -1;
        curl_easy_getinfo(self->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        total = length;
    }
    return request->begin(resumes, total, self->tag[0] ? self->tag : NULL, request->data);
}

static size_t receive(char *bytes, size_t size, size_t count, void *data) {
    transfer *self = data;
    long status = 0;
    curl_easy_getinfo(self->curl, CURLINFO_RESPONSE_CODE, &status);
    // The page that goes with an error is nobody's file.
    if (status != 200 && status != 206)
        return size * count;
    if (!self->has_begun) {
        self->has_begun = 1;
        self->was_stopped = begin(self, status) != 0;
    }
    if (!self->was_stopped)
        self->was_stopped = self->request->receive(bytes, size * count, self->request->data) != 0;
    return self->was_stopped ? 0 : size * count;
}

static int tick(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    transfer *self = data;
    (void)a, (void)b, (void)c, (void)d;
    if (self->request->tick(self->request->data) != 0)
        self->was_stopped = 1;
    return self->was_stopped;
}

const char *dragon_fetch_redirections(const char *url) {
    return strncasecmp(url, "https:", 6) == 0 ? "https" : "http,https";
}

static void set_options(transfer *self, struct curl_slist *headers) {
    CURL *curl = self->curl;
    const fetch_request *request = self->request;
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, dragon_fetch_redirections(request->url));
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "dragon");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 20L);
    // A few bytes a second would take months.
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1000L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)request->patience);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    // A range, not CURLOPT_RESUME_FROM: with that a server that ignores it is an error, here it sends the whole.
    char range[32];
    snprintf(range, sizeof range, "%lld-", (long long)request->offset);
    if (request->offset > 0)
        curl_easy_setopt(curl, CURLOPT_RANGE, range);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, read_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, self);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, self);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, tick);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, self);
}

static fetch_end end_of(const transfer *self, CURLcode code, long status) {
    if (self->is_misplaced)
        return FETCH_REFUSED;
    if (self->was_stopped)
        return FETCH_STOPPED;
    switch (code) {
    case CURLE_OK:
        return status == 200 || status == 206 ? FETCH_DONE : FETCH_REFUSED;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_OUT_OF_MEMORY:
        return FETCH_IMPOSSIBLE;
    default:
        return FETCH_BROKEN;
    }
}

fetch_outcome dragon_fetch(const fetch_request *request) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, prepare_library);
    fetch_outcome outcome = {.end = FETCH_IMPOSSIBLE};
    transfer self = {.request = request, .curl = curl_easy_init(), .first = -1, .total = -1};
    if (!self.curl) {
        snprintf(outcome.message, sizeof outcome.message, "libcurl cannot start");
        return outcome;
    }
    char errors[CURL_ERROR_SIZE] = "", condition[300];
    struct curl_slist *headers = NULL;
    if (request->offset > 0 && request->tag) {
        snprintf(condition, sizeof condition, "If-Range: %s", request->tag);
        headers = curl_slist_append(headers, condition);
    }
    set_options(&self, headers);
    curl_easy_setopt(self.curl, CURLOPT_ERRORBUFFER, errors);
    CURLcode code = curl_easy_perform(self.curl);
    curl_easy_getinfo(self.curl, CURLINFO_RESPONSE_CODE, &outcome.status);
    // An empty file has no bytes to be told of.
    if (code == CURLE_OK && !self.has_begun && (outcome.status == 200 || outcome.status == 206))
        self.was_stopped = begin(&self, outcome.status) != 0;
    outcome.end = end_of(&self, code, outcome.status);
    snprintf(outcome.message, sizeof outcome.message, "%s", errors[0] ? errors : curl_easy_strerror(code));
    curl_slist_free_all(headers);
    curl_easy_cleanup(self.curl);
    return outcome;
}
