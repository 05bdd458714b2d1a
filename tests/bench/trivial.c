/*
 * trivial - the least that a FastCGI responder can do with libfcgi: a fixed answer of as many
 * bytes as its address ends with, by FCGX_Accept_r in two threads and FCGX_PutStr. A yardstick.
 *
 *	trivial SOCKET
 */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int listener;
static char body[1 << 20];

static void *serve(void *ctx)
{
	FCGX_Request request;

	FCGX_InitRequest(&request, listener, 0);
	while (FCGX_Accept_r(&request) == 0) {
		const char *uri = FCGX_GetParam("REQUEST_URI", request.envp);
		const char *size = uri ? strrchr(uri, '/') : NULL;
		int len = size ? atoi(size + 1) : 0;

		if (len < 0 || len > (int)sizeof(body))
			len = 0;
		FCGX_FPrintF(request.out, "Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n",
			     len);
		FCGX_PutStr(body, len, request.out);
	}
	return ctx;
}

int main(int argc, char **argv)
{
	/* A thread belongs to a connection as long as that is kept: there must be more threads
	 * than connections, or some starve. */
	enum { THREADS = 1100 };
	static pthread_t threads[THREADS];
	pthread_attr_t small;

	if (argc != 2 || FCGX_Init() != 0)
		return 2;
	memset(body, 'x', sizeof(body));
	listener = FCGX_OpenSocket(argv[1], 4096);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 128 * 1024);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], &small, serve, NULL);
	pthread_join(threads[0], NULL);
	return 0;
}
