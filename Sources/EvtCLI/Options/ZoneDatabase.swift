// The time zones of the system: files below /usr/share/zoneinfo, or where TZDIR says.

import EvtCore
import Glibc
import Query

/// Finds time zones by name.
struct ZoneDatabase: Sendable {
  var directory: String

  /// The database of the system.
  static var system: ZoneDatabase {
    let chosen = Environment.text("TZDIR")
    return ZoneDatabase(directory: chosen.isEmpty ? "/usr/share/zoneinfo" : chosen)
  }

  /// The rules of the zone `name`. `UTC` needs no database.
  /// - Throws: `ZoneError`.
  func rules(of name: String) throws(ZoneError) -> ZoneRules {
    if name == ZoneRules.utc.name { return .utc }
    guard Self.isName(name) else { throw unknown(name) }
    let path = "\(directory)/\(name)"
    let bytes: [UInt8]
    switch Self.read(path, bytesMax: ZoneRules.fileBytesMax + 1) {
    case .success(let content): bytes = content
    case .failure(let failure):
      switch failure.code {
      case ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG: throw unknown(name)
      default: throw .unreadable(path: path, errorNumber: failure.code)
      }
    }
    guard ZoneRules.isZoneFile(bytes) else { throw unknown(name) }
    do {
      return try ZoneRules(name: name, file: bytes)
    } catch {
      throw .damaged(path: path, what: error.what)
    }
  }

  /// The same for queries.
  var loader: ZoneLoader {
    ZoneLoader { name throws(ZoneProblem) in
      do throws(ZoneError) {
        return try rules(of: name)
      } catch {
        throw ZoneProblem(message: error.message, hint: error.help)
      }
    }
  }

  /// Names lead to files below the directory and nowhere else.
  static func isName(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return name.utf8.count <= 255
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
              || "+-_".utf8.contains(byte)
          }
      }
  }

  private func unknown(_ name: String) -> ZoneError {
    let names = names
    if names.isEmpty { return .noDatabase(name: name, directory: directory) }
    return .unknown(name: name, suggestions: NearestNames.find(name, among: names))
  }

  // MARK: - The table of zones

  /// All names, as far as one of the tables in the directory lists them.
  var names: [String] {
    for (table, names) in [
      ("tzdata.zi", Self.compiledNames), ("zone1970.tab", Self.tabulatedNames),
      ("zone.tab", Self.tabulatedNames),
    ] {
      guard case .success(let bytes) = Self.read("\(directory)/\(table)", bytesMax: 4 << 20) else {
        continue
      }
      let found = names(String(decoding: bytes, as: UTF8.self))
      if !found.isEmpty { return ([ZoneRules.utc.name] + found).sorted() }
    }
    return []
  }

  /// Zones (`Z NAME …`) and links (`L TARGET NAME`) of the compact source.
  private static func compiledNames(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 3)
      switch words.first {
      case "Z" where words.count > 1: return String(words[1])
      case "L" where words.count > 2: return String(words[2])
      default: return nil
      }
    }
  }

  /// The third column.
  private static func tabulatedNames(_ text: String) -> [String] {
    text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      return columns.count > 2 ? String(columns[2]) : nil
    }
  }

  // MARK: - Files

  private struct Failure: Error {
    var code: Int32
  }

  /// The first bytes of a file.
  private static func read(_ path: String, bytesMax: Int) -> Result<[UInt8], Failure> {
    // Not a file in which somebody waits to be read.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(Failure(code: errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < bytesMax {
      let count = Glibc.read(descriptor, &chunk, min(chunk.count, bytesMax - bytes.count))
      if count < 0, errno == EINTR { continue }
      if count < 0 { return .failure(Failure(code: errno)) }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return .success(bytes)
  }
}

/// Why there are no rules for the name of a time zone.
enum ZoneError: Error, Equatable {
  case unknown(name: String, suggestions: [String])
  /// There is not a single zone.
  case noDatabase(name: String, directory: String)
  case unreadable(path: String, errorNumber: Int32)
  case damaged(path: String, what: String)

  var message: String {
    switch self {
    case .unknown(let name, let suggestions):
      let names = suggestions.map { "\"\($0)\"" }.joined(separator: " or ")
      return "no time zone is named \"\(name)\""
        + (suggestions.isEmpty ? "" : "; did you mean \(names)?")
    case .noDatabase(let name, let directory):
      return "the time zone \"\(name)\" cannot be looked up: there is no time zone data in"
        + " \(directory)"
    case .unreadable(let path, let number):
      return "cannot read \(path): \(String(cString: strerror(number)))"
    case .damaged(let path, let what): return "\(path) \(what)"
    }
  }

  /// How to mend it.
  var help: String {
    switch self {
    case .unknown: "zones have the names of the IANA database, such as Europe/Berlin; UTC is one"
    case .noDatabase, .unreadable, .damaged:
      "install the package tzdata, or name its directory in TZDIR; --tz UTC works without"
    }
  }

  var status: ExitStatus {
    switch self {
    case .unknown: .usage
    case .noDatabase: .inputMissing
    case .unreadable(_, let number):
      number == EACCES || number == EPERM ? .permission : .cannotWrite
    case .damaged: .dataUnusable
    }
  }
}
