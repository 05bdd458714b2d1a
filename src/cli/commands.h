/*
 * commands - what each row of the table in src/communique.c runs.
 *
 * One file a command, named for it. A command reads its call, writes results to
 * standard output and what a person should know besides to standard error, and
 * returns its failure; the exit status follows from that (fault.h).
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <communique/command.h>

bool run_keygen(const struct call *call, struct fault *why);
bool run_new(const struct call *call, struct fault *why);
bool run_import(const struct call *call, struct fault *why);
bool run_check(const struct call *call, struct fault *why);
bool run_preview(const struct call *call, struct fault *why);
bool run_sign(const struct call *call, struct fault *why);
bool run_publish(const struct call *call, struct fault *why);
bool run_drafts(const struct call *call, struct fault *why);
bool run_show(const struct call *call, struct fault *why);
bool run_drop(const struct call *call, struct fault *why);
bool run_revise(const struct call *call, struct fault *why);
bool run_withdraw(const struct call *call, struct fault *why);
bool run_kill(const struct call *call, struct fault *why);
bool run_reinstate(const struct call *call, struct fault *why);
bool run_approve(const struct call *call, struct fault *why);
bool run_request(const struct call *call, struct fault *why);
bool run_verify(const struct call *call, struct fault *why);
bool run_desk(const struct call *call, struct fault *why);
bool run_monitor(const struct call *call, struct fault *why);
bool run_config(const struct call *call, struct fault *why);
bool run_keys_show(const struct call *call, struct fault *why);
bool run_keys_new(const struct call *call, struct fault *why);
bool run_keys_sign(const struct call *call, struct fault *why);
bool run_keys_publish(const struct call *call, struct fault *why);

#endif
