/* SPDX-License-Identifier: Apache-2.0
 * Copyright the nova-libvirt authors
 *
 * Sends and shows raw Ethernet frames, for guests that are to lie, and for those
 * that are to tell what arrived.
 *
 *   frames send INTERFACE HEX...    send each frame as it is
 *   frames watch INTERFACE          print each frame that comes in, one a line
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LONGEST 2048
#define SHOWN 512

static int fail(const char *what)
{
    perror(what);
    return 1;
}

static int open_on(const char *interface)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)if_nametoindex(interface)};
    int channel = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

    if (address.sll_ifindex == 0 || channel < 0)
        return -1;
    if (bind(channel, (struct sockaddr *)&address, sizeof(address)) < 0)
        return -1;
    return channel;
}

static int send_frame(int channel, const char *hex)
{
    unsigned char frame[LONGEST];
    size_t length = strlen(hex) / 2;

    if (length > sizeof(frame))
        length = sizeof(frame);
    for (size_t i = 0; i < length; i++)
        if (sscanf(hex + 2 * i, "%2hhx", &frame[i]) != 1)
            return fail(hex);
    if (send(channel, frame, length, 0) < 0)
        return fail("send");
    return 0;
}

static int watch(int channel)
{
    unsigned char frame[LONGEST];
    struct sockaddr_ll from;

    puts("watching");
    for (;;) {
        socklen_t size = sizeof(from);
        ssize_t length = recvfrom(channel, frame, sizeof(frame), 0,
                                  (struct sockaddr *)&from, &size);
        if (length < 0)
            return fail("recvfrom");
        if (from.sll_pkttype == PACKET_OUTGOING)
            continue;
        for (ssize_t i = 0; i < length && i < SHOWN; i++)
            printf("%02x", frame[i]);
        puts("");
    }
}

int main(int count, char **words)
{
    int channel, failed = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count < 3) {
        fprintf(stderr, "frames send INTERFACE HEX... | frames watch INTERFACE\n");
        return 2;
    }
    channel = open_on(words[2]);
    if (channel < 0)
        return fail(words[2]);
    if (strcmp(words[1], "watch") == 0)
        return watch(channel);
    for (int i = 3; i < count; i++)
        failed |= send_frame(channel, words[i]);
    return failed;
}
