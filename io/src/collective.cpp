// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The marea authors
#include <marea/io/collective.hpp>

#include <limits>

#include <marea/io/error.hpp>

namespace marea {
namespace {

enum class Type : int { none, config, shape, data, io, numerical, other };

Type type_of(const std::exception_ptr& error, std::string& message) {
  if (!error) return Type::none;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    message = e.what();
    if (dynamic_cast<const ConfigError*>(&e)) return Type::config;
    if (dynamic_cast<const ShapeError*>(&e)) return Type::shape;
    if (dynamic_cast<const DataError*>(&e)) return Type::data;
    if (dynamic_cast<const IoError*>(&e)) return Type::io;
    if (dynamic_cast<const NumericalError*>(&e)) return Type::numerical;
    return Type::other;
  } catch (...) {
    message = "unknown exception";
    return Type::other;
  }
}

void broadcast_from(MPI_Comm comm, int root, std::string& text) {
  auto length = static_cast<std::int64_t>(text.size());
  MPI_Bcast(&length, 1, MPI_INT64_T, root, comm);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), static_cast<int>(length), MPI_CHAR, root, comm);
}

}  // namespace

void broadcast(MPI_Comm comm, std::string& text) { broadcast_from(comm, 0, text); }

void rethrow_collectively(MPI_Comm comm, const std::exception_ptr& error) {
  std::string message;
  auto type = static_cast<int>(type_of(error, message));
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  int mine = type ? rank : std::numeric_limits<int>::max(), first = mine;
  MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm);
  if (first == std::numeric_limits<int>::max()) return;
  MPI_Bcast(&type, 1, MPI_INT, first, comm);
  broadcast_from(comm, first, message);
  switch (static_cast<Type>(type)) {
    case Type::config: throw ConfigError(message);
    case Type::shape: throw ShapeError(message);
    case Type::data: throw DataError(message);
    case Type::io: throw IoError(message);
    case Type::numerical: throw NumericalError(message);
    default: throw Error(message);
  }
}

}  // namespace marea
