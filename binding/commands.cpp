#include "binding/commands.h"

#include "binding/addon.h"
#include "binding/convert.h"

namespace cloudsync {

namespace {

using Info = Napi::CallbackInfo;
using Reply = Service::Reply;

const Error kClosed{ErrorKind::unavailable, "the device is closed; open it again", "", 0};

std::shared_ptr<OpenDevice> deviceOf(const Info& info) {
  return Addon::of(info.Env()).device(toNumber(info[0]));
}

// A bug that threw must not end the process: it becomes an error like others.
template <class Work>
Napi::Value guarded(Napi::Env env, const Work& work) {
  try {
    return work();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& bug) {
    return outcome(env, Error{ErrorKind::internal, bug.what(), "", 0});
  }
}

// (device, …) -> outcome of one question to the Service.
template <class Ask>
Napi::Value ask(const Info& info, const Ask& question) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto device = deviceOf(info);
    if (!device) return outcome(info.Env(), kClosed);
    return device->use([&](Service* service) -> Napi::Value {
      if (!service) return outcome(info.Env(), kClosed);
      return question(*service);
    });
  });
}

// (device, call, …): hands over to the Service and returns; `settled` answers.
template <class Hand>
Napi::Value hand(const Info& info, const Hand& over) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto device = deviceOf(info);
    if (!device) return outcome(info.Env(), kClosed);
    return device->use([&](Service* service) -> Napi::Value {
      if (!service) return outcome(info.Env(), kClosed);
      over(*service, Reply{device->mailbox(), CallId{toNumber(info[1])}});
      return outcome(info.Env(), Status());
    });
  });
}

template <class T, class Make>
Napi::Value result(Napi::Env env, const Result<T>& result, const Make& make) {
  return result.ok() ? outcome(env, Napi::Value(make(result.value())))
                     : outcome(env, result.error());
}

// start(dispatch): called as dispatch(hurried) when something has come up.
Napi::Value start(const Info& info) {
  Addon::of(info.Env()).start(info[0].As<Napi::Function>());
  return info.Env().Undefined();
}

// drain() -> [[device, event…], …]
Napi::Value drain(const Info& info) { return Addon::of(info.Env()).drain(info.Env()); }

Napi::Value hold(const Info& info) {
  Addon::of(info.Env()).pump().hold(info.Env());
  return info.Env().Undefined();
}

Napi::Value release(const Info& info) {
  Addon::of(info.Env()).pump().release(info.Env());
  return info.Env().Undefined();
}

// openNow(device, config) -> outcome: blocks for some milliseconds.
Napi::Value openNow(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    Addon& addon = Addon::of(info.Env());
    const std::uint64_t number = toNumber(info[0]);
    const Status opened = addon.addDevice(number)->open(toConfig(info[1].As<Napi::Object>()));
    if (!opened) addon.forgetDevice(number);
    return outcome(info.Env(), opened);
  });
}

// What a job that opens or closes a device is answered with.
void settle(const OpenDevice& device, CallId call, const Status& status) {
  if (status.ok()) {
    device.mailbox()->post(Settled{call, Value{}});
  } else {
    device.mailbox()->post(Settled{call, status.error()});
  }
}

// open(device, call, config): the same on another thread.
Napi::Value open(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto device = Addon::of(info.Env()).addDevice(toNumber(info[0]));
    const CallId call{toNumber(info[1])};
    Config config = toConfig(info[2].As<Napi::Object>());
    runJob(info.Env(), [device, call, config = std::move(config)] {
      Status opened = Error{ErrorKind::internal, "opening the device failed", "", 0};
      try {
        opened = device->open(config);
      } catch (const std::exception& bug) {
        opened = Error{ErrorKind::internal, bug.what(), "", 0};
      }
      settle(*device, call, opened);
    });
    return outcome(info.Env(), Status());
  });
}

// close(device, call): what is still to come arrives before the answer.
Napi::Value close(const Info& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const auto device = deviceOf(info);
    if (!device) return outcome(info.Env(), kClosed);
    const CallId call{toNumber(info[1])};
    runJob(info.Env(), [device, call] {
      device->close();
      settle(*device, call, Status());
    });
    return outcome(info.Env(), Status());
  });
}

// forget(device): after it was closed, or did not open.
Napi::Value forget(const Info& info) {
  Addon::of(info.Env()).forgetDevice(toNumber(info[0]));
  return info.Env().Undefined();
}

// shutdown(): the environment is about to end.
Napi::Value shutdown(const Info& info) {
  Addon::of(info.Env()).close();
  return info.Env().Undefined();
}

Napi::Value startSync(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.startSync(std::move(reply), toText(info[2]), toConditions(info[3].As<Napi::Object>()));
  });
}

Napi::Value stopSync(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.stopSync(std::move(reply), toText(info[2]));
  });
}

Napi::Value syncState(const Info& info) {
  return ask(info, [&](Service& service) {
    return result(info.Env(), service.syncState(toText(info[1])),
                  [&](const SyncEvent& event) { return toJs(info.Env(), event); });
  });
}

Napi::Value lastSyncTime(const Info& info) {
  return ask(info, [&](Service& service) {
    return result(info.Env(), service.lastSyncTime(toText(info[1])), [&](std::int64_t time) {
      return Napi::Number::New(info.Env(), static_cast<double>(time));
    });
  });
}

Napi::Value startDownload(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.startDownload(std::move(reply), toNumber(info[2]), toText(info[3]));
  });
}

Napi::Value stopDownload(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    const auto partial =
        toText(info[3]) == "keep" ? Service::Partial::keep : Service::Partial::remove;
    service.stopDownload(std::move(reply), toText(info[2]), partial);
  });
}

Napi::Value cleanFile(const Info& info) {
  return ask(info, [&](Service& service) {
    return outcome(info.Env(), service.cleanFile(toText(info[1])));
  });
}

Napi::Value limitBandwidth(const Info& info) {
  return ask(info, [&](Service& service) {
    return outcome(info.Env(), service.limitBandwidth(toNumber(info[1]), toNumber(info[2])));
  });
}

Napi::Value fileState(const Info& info) {
  return ask(info, [&](Service& service) {
    return result(info.Env(), service.fileState(toText(info[1])), [&](FileSyncState state) {
      return Napi::Number::New(info.Env(), static_cast<int>(state));
    });
  });
}

Napi::Value fileStates(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.fileStates(std::move(reply), toTexts(info[2]));
  });
}

Napi::Value list(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.list(std::move(reply), toText(info[2]), toText(info[3]), toText(info[4]),
                 toNumber(info[5]));
  });
}

Napi::Value plan(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.plan(std::move(reply), toText(info[2]));
  });
}

Napi::Value confirm(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.confirm(std::move(reply), toText(info[2]));
  });
}

Napi::Value unlink(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.unlink(std::move(reply), toText(info[2]));
  });
}

Napi::Value remove(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    const auto depth =
        toText(info[3]) == "alone" ? Service::Depth::alone : Service::Depth::withContent;
    service.remove(std::move(reply), toText(info[2]), depth);
  });
}

Napi::Value move(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.move(std::move(reply), toText(info[2]), toText(info[3]));
  });
}

Napi::Value trash(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.trash(std::move(reply), toText(info[2]), toText(info[3]));
  });
}

Napi::Value restore(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.restore(std::move(reply), toText(info[2]), toText(info[3]));
  });
}

Napi::Value versions(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.versions(std::move(reply), toText(info[2]));
  });
}

Napi::Value restoreVersion(const Info& info) {
  return hand(info, [&](Service& service, Reply reply) {
    service.restoreVersion(std::move(reply), toText(info[2]), toText(info[3]));
  });
}

Napi::Value whenIdle(const Info& info) {
  return hand(info, [](Service& service, Reply reply) { service.whenIdle(std::move(reply)); });
}

}  // namespace

void exportCommands(Napi::Env env, Napi::Object exports) {
  const auto add = [&](const char* name, auto command) {
    exports.Set(name, Napi::Function::New(env, command, name));
  };
  add("start", start);
  add("hold", hold);
  add("release", release);
  add("openNow", openNow);
  add("open", open);
  add("close", close);
  add("forget", forget);
  add("drain", drain);
  add("shutdown", shutdown);
  add("startSync", startSync);
  add("stopSync", stopSync);
  add("syncState", syncState);
  add("lastSyncTime", lastSyncTime);
  add("startDownload", startDownload);
  add("stopDownload", stopDownload);
  add("cleanFile", cleanFile);
  add("limitBandwidth", limitBandwidth);
  add("fileState", fileState);
  add("fileStates", fileStates);
  add("list", list);
  add("plan", plan);
  add("confirm", confirm);
  add("unlink", unlink);
  add("remove", remove);
  add("move", move);
  add("trash", trash);
  add("restore", restore);
  add("versions", versions);
  add("restoreVersion", restoreVersion);
  add("whenIdle", whenIdle);
}

}  // namespace cloudsync
