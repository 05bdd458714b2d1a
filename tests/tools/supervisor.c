/*
 * supervisor SOCKET - a service manager's ear: prints each message that comes to the datagram
 * socket, as a line, until it is killed. For NOTIFY_SOCKET (sd_notify(3)).
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char message[4096];
	ssize_t got;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
		return 2;
	memcpy(address.sun_path, argv[1], strlen(argv[1]));
	if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || chmod(argv[1], 0666) != 0)
		return 1;
	puts("listening");
	fflush(stdout);
	while ((got = recv(fd, message, sizeof message, 0)) >= 0) {
		printf("%.*s\n", (int)got, message);
		fflush(stdout);
	}
	return 1;
}
