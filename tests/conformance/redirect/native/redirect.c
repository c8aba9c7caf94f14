/* Sends Adobe's hosts to the local double, below anything that a program or library does itself: preloaded into programs
 * that come with a runtime of their own, such as the Java VM. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcasecmp(text + length - tail, end) == 0;
}

static int is_local(const char *host) {
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    int (*resolve)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        dlsym(RTLD_NEXT, "getaddrinfo");
    if (host == NULL || is_local(host))
        return resolve(host, service, hints, found);
    if (!ends_with(host, ".adobelogin.com") && !ends_with(host, ".adobe.io"))
        return EAI_NONAME; /* no network in tests */
    return resolve("127.0.0.1", service, hints, found);
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
    int (*plain)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
    const char *given = getenv("IMS_DOUBLE_PORT");
    in_port_t port = htons((in_port_t)atoi(given == NULL ? "0" : given));
    if (address->sa_family == AF_INET) {
        struct sockaddr_in to = *(const struct sockaddr_in *)address;
        if ((ntohl(to.sin_addr.s_addr) >> 24) != 127) {
            errno = ENETUNREACH;
            return -1;
        }
        if (to.sin_port == htons(443))
            to.sin_port = port;
        return plain(socket, (const struct sockaddr *)&to, sizeof to);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 to = *(const struct sockaddr_in6 *)address;
        int mapped = IN6_IS_ADDR_V4MAPPED(&to.sin6_addr) && to.sin6_addr.s6_addr[12] == 127;
        if (!mapped && !IN6_IS_ADDR_LOOPBACK(&to.sin6_addr)) {
            errno = ENETUNREACH;
            return -1;
        }
        if (to.sin6_port == htons(443))
            to.sin6_port = port;
        return plain(socket, (const struct sockaddr *)&to, sizeof to);
    }
    return plain(socket, address, length);
}
