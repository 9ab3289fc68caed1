// SPDX-License-Identifier: GPL-3.0-or-later
// FastCGI by libfcgi, several requests at once. What libfcgi leaves to us:
// - it sends keep-alive connections back to a thread of their own; idle ones of nginx would take every thread, so
//   each request has its own connection;
// - its SIGTERM handler swallows the signal: ours is set after FCGX_Init;
// - its descriptors are not close-on-exec: a job would hold the socket.
#include <fcgiapp.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "web/cgi.h"
#include "web/fastcgi_records.h"
#include "web/gateway.h"
#include "web/router.h"

namespace web {

namespace {

constexpr int kMostThreads = 64;
constexpr int kCrowd = 48;              // with more requests than this under way each is kept short
constexpr size_t kStackBytes = 512 << 10;
constexpr int kIdleLookSeconds = 30;    // how often an idle process asks whether its file was replaced

std::atomic<int> threads{0};
std::atomic<int> busy{0};

class FcgiGateway final : public Gateway {
 public:
  explicit FcgiGateway(FCGX_Request& request) : request_(request) {}

  std::string variable(const char* name) override {
    const char* value = FCGX_GetParam(name, request_.envp);
    return value ? value : "";
  }
  size_t read(char* into, size_t most) override {
    int got = FCGX_GetStr(into, static_cast<int>(most), request_.in);
    return got > 0 ? static_cast<size_t>(got) : 0;
  }
  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      auto fits = bytes.substr(0, kMostRecordBytes - pending_.size());
      pending_ += fits;
      bytes.remove_prefix(fits.size());
      if (pending_.size() == kMostRecordBytes) flush();
    }
  }
  bool flush() override {
    std::string records;
    add_output(records, request_.requestId, pending_);
    send(records);
    return !gone_;
  }
  // Without the record that ends an answer web servers break their client's connection off too.
  void break_off() override {
    pending_.clear();
    gone_ = true;
  }
  // What is left of the answer, and that it is all.
  void end() {
    std::string records;
    add_output(records, request_.requestId, pending_);
    add_end(records, request_.requestId);
    send(records);
  }
  bool is_fastcgi() const override { return true; }
  bool is_crowded() const override { return busy > kCrowd; }

 private:
  void send(const std::string& records) {
    gone_ = gone_ || !write_whole(request_.ipcFd, records);
    pending_.clear();
  }

  FCGX_Request& request_;
  std::string pending_;
  bool gone_ = false;
};

// What is still on its way when we close would break the answer off. So libfcgi sleeps until the web server has closed
// its end, for up to 2 s; a request without a body we read to its end, which has mostly come long ago. (And not by
// FCGX_Finish_r, which would send an end of its own.)
void close_connection(FCGX_Request& request) {
  const char* length = FCGX_GetParam("CONTENT_LENGTH", request.envp);
  if (length && *length != '\0' && std::string_view(length) != "0") return FCGX_Free(&request, 1);
  timeval patience{2, 0};
  ::setsockopt(request.ipcFd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  bool all_read = FCGX_GetChar(request.in) == EOF;
  base::Fd connection(all_read ? std::exchange(request.ipcFd, -1) : -1);
  FCGX_Free(&request, all_read ? 0 : 1);
}

void start_thread(actions::Program& program);

// Accepts and serves, one request at a time. When this thread is busy and no other waits, another one is started.
void serve_requests(actions::Program& program) {
  FCGX_Request request;
  FCGX_InitRequest(&request, 0, 0);
  while (FCGX_Accept_r(&request) == 0) {
    ::fcntl(request.ipcFd, F_SETFD, FD_CLOEXEC);
    if (++busy == threads && threads < kMostThreads) start_thread(program);
    FcgiGateway gateway(request);
    serve(program, gateway);
    gateway.end();
    --busy;  // closing waits for the client and is no work
    close_connection(request);
  }
}

void* thread_main(void* program) {
  serve_requests(*static_cast<actions::Program*>(program));
  return nullptr;
}

void start_thread(actions::Program& program) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, kStackBytes);
  ::pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  ++threads;
  pthread_t thread;
  if (::pthread_create(&thread, &attributes, thread_main, &program) != 0) --threads;
  ::pthread_attr_destroy(&attributes);
}

// SIGTERM and SIGUSR1 (Apache's graceful end): at once, jobs live elsewhere and followers come back.
void end_now(int) { ::_exit(0); }

// Has another program been uploaded over ours (rename), or was it deleted?
bool was_replaced(const actions::Program& program) {
  auto there = program.disk.look_through(program.path);
  struct stat st {};
  if (::fstat(program.image.number(), &st) != 0) return false;
  return !there || there->inode != st.st_ino || there->device != st.st_dev;
}

}  // namespace

bool started_as_fastcgi() { return !FCGX_IsCGI(); }

int serve_fastcgi(actions::Program& program) {
  FCGX_Init();
  ::fcntl(0, F_SETFD, FD_CLOEXEC);
  struct sigaction action {};
  action.sa_handler = end_now;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGUSR1, &action, nullptr);
  for (int i = 0; i < 4; ++i) start_thread(program);
  for (;;) {
    ::sleep(kIdleLookSeconds);
    if (busy == 0 && was_replaced(program)) return 0;
  }
}

}  // namespace web
