// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dump_words.h"

#include "base/text.h"

namespace storage {

namespace {

constexpr std::string_view kCompleted = "-- Dump completed";

// What stands behind `label`, as one printable word or sentence.
bool take(std::string_view line, std::string_view label, std::string& to) {
  if (!line.starts_with(label) || !to.empty()) return false;
  to = base::printable_line(base::trim(line.substr(label.size())).substr(0, 200));
  return true;
}

// "-- MySQL dump 10.13  Distrib 8.0.33, for Linux (x86_64)", "-- MariaDB dump 10.19-11.4.2-MariaDB, for debian-linux-gnu".
void read_client(DumpSurvey& survey, std::string_view line, std::string_view label, std::string_view program) {
  std::string_view rest = base::trim(line.substr(label.size()));
  size_t distrib = rest.find("Distrib ");
  if (distrib != std::string_view::npos) rest = rest.substr(distrib + 8);
  rest = rest.substr(0, rest.find(','));
  survey.program = std::string(program) + " " + base::printable_line(base::trim(rest).substr(0, 80));
}

// "-- Host: localhost    Database: shop"
void read_host(DumpSurvey& survey, std::string_view line) {
  size_t at = line.find("Database: ");
  if (at == std::string_view::npos || !survey.database.empty()) return;
  survey.database = base::printable_line(base::trim(line.substr(at + 10)).substr(0, 200));
}

void read_line(DumpSurvey& survey, std::string_view line) {
  std::string packet;
  if (line.starts_with("-- Unstick ") && line.ends_with(" database backup")) {
    survey.writer = DumpWriter::ours;
    survey.program = base::printable_line(line.substr(3, line.size() - 3 - 16).substr(0, 80));
  } else if (line.starts_with("-- MariaDB dump ")) {
    survey.writer = DumpWriter::mariadb_dump;
    read_client(survey, line, "-- MariaDB dump ", "mariadb-dump");
  } else if (line.starts_with("-- MySQL dump ")) {
    survey.writer = DumpWriter::mysqldump;
    read_client(survey, line, "-- MySQL dump ", "mysqldump");
  } else if (line.starts_with("-- phpMyAdmin SQL Dump")) {
    survey.writer = DumpWriter::phpmyadmin;
    survey.program = "phpMyAdmin";
  } else if (line.starts_with("-- version ") && survey.program == "phpMyAdmin") {
    survey.program += " " + base::printable_line(base::trim(line.substr(11)).substr(0, 40));
  } else if (line.starts_with("-- Adminer ") && survey.program.empty()) {
    survey.program = base::printable_line(line.substr(3).substr(0, 80));
  } else if (line.starts_with("-- Host: ")) {
    read_host(survey, line);
  } else if (take(line, "-- Needs max_allowed_packet (bytes): ", packet)) {
    survey.packet_bytes = base::whole_number(packet).value_or(0);
  } else if (!take(line, "-- Server version:", survey.server) && !take(line, "-- Server version", survey.server) &&
             !take(line, "-- Server: ", survey.server) && !take(line, "-- Taken: ", survey.taken) &&
             !take(line, "-- Generation Time: ", survey.taken) && take(line, "-- Database: ", survey.database)) {
    std::string& name = survey.database;  // phpMyAdmin quotes it
    if (name.size() > 2 && name.front() == '`' && name.back() == '`') name = name.substr(1, name.size() - 2);
  }
}

}  // namespace

void read_head_comments(DumpSurvey& survey, std::string_view comments) {
  for (std::string_view line : base::lines(comments)) read_line(survey, line);
}

bool says_complete(std::string_view comment) { return comment.starts_with(kCompleted); }

std::string_view completion_time(std::string_view comment) {
  size_t on = comment.find(" on ");
  return on == std::string_view::npos ? std::string_view() : base::trim(comment.substr(on + 4)).substr(0, 80);
}

}  // namespace storage
