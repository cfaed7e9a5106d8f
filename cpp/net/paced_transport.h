#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/scheduler.h"
#include "net/host_pace.h"
#include "net/http_transport.h"

namespace cloudsync {

// An HttpTransport that gives each host as many requests at a time as it can take, whoever they are
// from. Others wait their turn: first those of the lane that a person waits for. A request holds
// its turn until its body is through. Waiting ends with the token. Any thread; everything given
// outlives it.
class PacedTransport final : public HttpTransport {
 public:
  PacedTransport(HttpTransport& inner, Scheduler& scheduler, HostPace::Limits limits)
      : inner_(inner), scheduler_(scheduler), limits_(limits) {}

  Task<Result<HttpResponse>> perform(HttpRequest request, BodySource* upload, BodySink* download,
                                     CancelToken cancel) override;

 private:
  struct Waiting {
    std::shared_ptr<Wakeup> wakeup;
    bool admitted = false;  // guarded by mutex_
    HostPace::Round round = 0;
  };
  struct Host {
    explicit Host(HostPace::Limits limits) : pace(limits) {}
    HostPace pace;
    std::deque<std::shared_ptr<Waiting>> awaited;  // somebody waits for their outcome
    std::deque<std::shared_ptr<Waiting>> others;
  };
  class Turn;

  Host& hostOf(const std::string& url);
  bool admit(Host& host, const std::shared_ptr<Waiting>& self, Lane lane);
  bool entered(Host& host, const std::shared_ptr<Waiting>& self);
  void leave(Host& host, HostPace::Round round, HostPace::Answer answer);
  void admitNext(Host& host, std::deque<std::shared_ptr<Waiting>>& admitted);

  HttpTransport& inner_;
  Scheduler& scheduler_;
  const HostPace::Limits limits_;
  std::mutex mutex_;
  std::map<std::string, Host> hosts_;  // guarded by mutex_; by scheme, name and port; never erased
};

}  // namespace cloudsync
