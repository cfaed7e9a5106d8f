#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/curl_handles.h"
#include "net/environment.h"
#include "net/exchange.h"
#include "net/response_head.h"

namespace cloudsync {

// A request as it is handed to the network thread.
struct Order {
  HttpRequest request;
  std::optional<ByteCount> uploadSize;  // nothing: no body
  std::shared_ptr<Exchange> exchange;
};

// The network thread's side of one request: a curl easy handle, its callbacks, and the Exchange
// that they fill and empty. Lives on the network thread only; its address is curl's.
class CurlTransfer {
 public:
  // `spare`: a handle of a transfer that is over, or none.
  static Result<std::unique_ptr<CurlTransfer>> make(Order order, CurlEasy spare,
                                                    const NetworkEnvironment& environment);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* easy() const { return easy_.get(); }
  Exchange& exchange() const { return *order_.exchange; }
  const HttpTimeouts& timeouts() const { return order_.request.timeouts; }
  const std::string& url() const { return order_.request.url; }

  // Curl is done with it: tells the other side how it went.
  void finish(CURLcode code);
  void fail(Error error);
  // Its handle, without the options of this request: the transfer has ended well.
  CurlEasy takeHandle();
  // Too few bytes for too long, by no fault of ours? Called every now and then.
  bool stalled(SteadyTime now);

 private:
  CurlTransfer(Order order, CurlEasy spare) : order_(std::move(order)), easy_(std::move(spare)) {}
  Status configure(const NetworkEnvironment& environment);
  CURLcode configureMethod();
  CURLcode configureConnection(const NetworkEnvironment& environment);
  CURLcode configureTrust(const NetworkEnvironment& environment);
  CURLcode configureCallbacks();
  CURLcode configureHeaders();

  static std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t onReceive(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t onSend(char* data, std::size_t size, std::size_t count, void* self);
  static int onSeek(void* self, curl_off_t offset, int origin);
  static int onRequest(void* self, char*, char*, int, int);  // about to be sent

  bool takeHeaderLine(std::string_view line);
  void publishHead();
  bool maySendAgain();
  ByteCount moved() const;

  Order order_;
  CurlEasy easy_;
  CurlList headerLines_;
  char curlsWords_[CURL_ERROR_SIZE] = {};

  ResponseHead head_{order_.request.limits};
  bool bodyBegun_ = false;
  std::optional<Error> failure_;  // why a callback of ours made curl stop
  ByteCount received_ = 0;        // headers and body
  bool requested_ = false;

  SteadyTime windowBegan_{};  // of the stall timeout
  ByteCount movedBefore_ = 0;
};

}  // namespace cloudsync
