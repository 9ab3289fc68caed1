// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "base/text.h"
#include "support/fake_disk.h"

namespace {

// The subjects of all certificates in a PEM text; each must be one.
std::vector<std::string> subjects(const std::string& pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  std::vector<std::string> all;
  while (X509* certificate = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)) {
    char name[256];
    all.push_back(X509_NAME_oneline(X509_get_subject_name(certificate), name, sizeof name));
    X509_free(certificate);
  }
  return all;
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("Mozilla's certificates are built in, each whole") {
  std::string pem = platform::built_in_certificates();
  auto names = subjects(pem);
  CHECK(names.size() > 100);
  CHECK(names.size() == count(pem, "-----BEGIN CERTIFICATE-----\n"));
  // Whose certificates GitHub and its asset hosts have had.
  std::string all = base::join(names, "\n");
  for (const char* authority : {"DigiCert Global Root G2", "USERTrust ECC Certification Authority", "ISRG Root X1", "Sectigo"}) {
    INFO(authority);
    CHECK(base::contains(all, authority));
  }
}

TEST_CASE("The first usual store that holds certificates is believed, or else the built-in ones") {
  support::MemoryDisk disk;
  CHECK(platform::trusted_certificates(disk) == platform::built_in_certificates());
  disk.put_file("/usr/local/share/certs/ca-root-nss.crt", "last\n-----BEGIN CERTIFICATE-----\n");
  CHECK(base::contains(platform::trusted_certificates(disk), "last"));
  disk.put_file("/etc/ssl/cert.pem", "");
  disk.put_folder("/etc/ssl/certs/ca-certificates.crt");
  CHECK(base::contains(platform::trusted_certificates(disk), "last"));
  disk.put_file("/etc/pki/tls/certs/ca-bundle.crt", "first\n-----BEGIN TRUSTED CERTIFICATE-----\n");
  CHECK(base::contains(platform::trusted_certificates(disk), "first"));
}
