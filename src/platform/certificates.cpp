// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/certificates.h"

#include <libdeflate.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/failure.h"
#include "base/text.h"

// packaging/certificates.S: DER, one behind the other, gzip.
extern "C" const char mozilla_certificates[], mozilla_certificates_end[];

namespace platform {

namespace {

constexpr size_t kMostStoreBytes = 8 << 20;
constexpr size_t kLineBytes = 64;

// Debian, Red Hat, SUSE, Red Hat's newer place, Alpine and the BSDs, FreeBSD's packages.
constexpr const char* kStores[] = {
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",             "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",                  "/usr/local/share/certs/ca-root-nss.crt",
};

// Another one will do.
std::string read_store(Disk& disk, const Path& file) try {
  return disk.read(file, kMostStoreBytes).value_or("");
} catch (const base::Failure&) {
  return "";
}

std::string inflated(std::string_view gzip) {
  std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> unpacker(libdeflate_alloc_decompressor(),
                                                                                            libdeflate_free_decompressor);
  auto at = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(gzip[gzip.size() - 4 + i])); };
  std::string out(at(0) | at(1) << 8 | at(2) << 16 | at(3) << 24, '\0');  // gzip ends with the length
  if (!unpacker || libdeflate_gzip_decompress(unpacker.get(), gzip.data(), gzip.size(), out.data(), out.size(), nullptr) !=
                       LIBDEFLATE_SUCCESS)
    throw base::Failure("cannot unpack the built-in certificates");
  return out;
}

// A certificate is a SEQUENCE with a length of two bytes: 30 82 HH LL.
size_t length_of(std::string_view der) {
  if (der.size() < 4 || der.substr(0, 2) != "\x30\x82") throw base::Failure("the built-in certificates are damaged");
  return 4 + (static_cast<unsigned char>(der[2]) << 8) + static_cast<unsigned char>(der[3]);
}

void add_pem(std::string& pem, std::string_view der) {
  std::string text(4 * ((der.size() + 2) / 3) + 1, '\0');  // one byte more: it ends with NUL
  int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                               reinterpret_cast<const unsigned char*>(der.data()), static_cast<int>(der.size()));
  text.resize(static_cast<size_t>(length));
  pem += "-----BEGIN CERTIFICATE-----\n";
  for (size_t at = 0; at < text.size(); at += kLineBytes) pem.append(text, at, kLineBytes) += '\n';
  pem += "-----END CERTIFICATE-----\n";
}

}  // namespace

std::string trusted_certificates(Disk& disk) {
  for (const char* file : kStores) {
    std::string store = read_store(disk, file);
    if (base::contains(store, "-----BEGIN ")) return store;
  }
  return built_in_certificates();
}

std::string built_in_certificates() {
  std::string all =
      inflated({mozilla_certificates, static_cast<size_t>(mozilla_certificates_end - mozilla_certificates)});
  std::string pem;
  for (std::string_view rest = all; !rest.empty();) {
    size_t length = std::min(length_of(rest), rest.size());
    add_pem(pem, rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return pem;
}

}  // namespace platform
