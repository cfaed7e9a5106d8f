#include <curl/curl.h>
#include <napi.h>

#include "base/error.h"

// The second addon, for test/ only: pure functions of the core, and what it is linked with.
namespace cloudsync {
namespace {

Napi::Value errorKindNames(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env(), kErrorKindNames.size());
  for (std::uint32_t i = 0; i < kErrorKindNames.size(); ++i) {
    names.Set(i, std::string(kErrorKindNames[i]));
  }
  return names;
}

// Inside of Node libcurl's OpenSSL is Node's own: only here it can be seen which one answers.
Napi::Value curlVersion(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), curl_version());
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("errorKindNames", Napi::Function::New<errorKindNames>(env, "errorKindNames"));
  exports.Set("curlVersion", Napi::Function::New<curlVersion>(env, "curlVersion"));
  return exports;
}

}  // namespace
}  // namespace cloudsync

// NODE_API_MODULE pastes a name: it wants a plain one.
static Napi::Object initializeTesting(Napi::Env env, Napi::Object exports) {
  return cloudsync::initialize(env, exports);
}
NODE_API_MODULE(cloudsync_testing, initializeTesting)
