#pragma once

#include <memory>
#include <utility>

#include "base/sim_scheduler.h"
#include "fs/sim_file_system.h"
#include "net/sim_transport.h"
#include "remote/open.h"
#include "remote_world.h"
#include "sim_run.h"
#include "sim_s3.h"

namespace cloudsync {

// An S3 remote over a simulated server, in virtual time.
class SimS3World final : public RemoteWorld {
 public:
  explicit SimS3World(SimS3::Options options = {}, std::uint64_t seed = 1)
      : scheduler_(seed),
        random_(seed),
        files_(scheduler_.simClock()),
        server_(scheduler_.clock(), options),
        http_(scheduler_, seed,
              [this](const HttpRequest& request, const std::string& body) {
                return instead && instead(request) ? *std::exchange(next, std::nullopt)
                                                   : server_.answer(request, body);
              },
              {}) {}

  Scheduler& scheduler() override { return scheduler_; }
  Random& random() override { return random_; }
  std::unique_ptr<Remote> open() override {
    RemoteOptions options{{"credentials.accessKeyId", "id"},
                          {"credentials.secretAccessKey", "secret"}};
    RemoteNeeds needs{files_, scheduler_, scheduler_.clock(), random_, http_};
    std::unique_ptr<Remote> remote =
        std::move(openRemote("s3://bucket/some/prefix?endpoint=http://sim", options, needs))
            .value();
    (void)run(remote->check(CancelToken())).ok();
    return remote;
  }

  SimS3& server() { return server_; }
  SimTransport& http() { return http_; }

  // Where it says yes, `next` is the answer instead of the server's; once.
  std::function<bool(const HttpRequest&)> instead;
  std::optional<HttpResponse> next;

 private:
  void runToEnd(Task<void> task) override { runSimulated(scheduler_, std::move(task)); }

  SimScheduler scheduler_;
  SeededRandom random_;
  SimFileSystem files_;
  SimS3 server_;
  SimTransport http_;
};

}  // namespace cloudsync
