#pragma once

#include <curl/curl.h>

#include <memory>

namespace cloudsync {

// Owners of libcurl's handles. Its types stop here and in the curl_*.cpp files of this room.
// CURL and CURLM are both `void` in some versions, hence one deleter for each owner.
template <auto release>
struct CurlRelease {
  template <class Handle>
  void operator()(Handle* handle) const {
    release(handle);
  }
};

using CurlEasy = std::unique_ptr<CURL, CurlRelease<curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, CurlRelease<curl_multi_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, CurlRelease<curl_slist_free_all>>;
using CurlUrl = std::unique_ptr<CURLU, CurlRelease<curl_url_cleanup>>;
using CurlString = std::unique_ptr<char, CurlRelease<curl_free>>;

}  // namespace cloudsync
