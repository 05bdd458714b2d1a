#include "chair.h"

#include "holding.h"

void worker_leave_chair(struct worker *worker)
{
	if (worker->leads)
		pthread_mutex_unlock(&worker->loop->chair);
	worker->leads = false;
}

static void give_back(struct loop *loop, const struct epoll_event *event)
{
	struct connection *connection = connection_take(
		&loop->table, event->data.u64, event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));

	if (connection)
		connection_return(loop, connection);
}

void worker_step_aside(struct worker *worker)
{
	struct loop *loop = worker->loop;

	worker_leave_chair(worker);
	for (; worker->at < worker->count; worker->count--) {
		const struct epoll_event *event = &worker->events[worker->count - 1];

		switch (event->data.u64) {
		case TOKEN_LISTENER:
			loop_rearm(loop->epoll, loop->options.listener.fd, TOKEN_LISTENER);
			break;
		case TOKEN_SIGNAL:
			loop_rearm(loop->house, loop->signals, TOKEN_SIGNAL);
			break;
		case TOKEN_TIMER:
			loop_rearm(loop->house, loop->timer, TOKEN_TIMER);
			break;
		case TOKEN_DONE: /* is told until all have heard it */
			break;
		default:
			give_back(loop, event);
		}
	}
}
