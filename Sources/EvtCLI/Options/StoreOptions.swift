// The store that a command reads or writes.

import EvtCore
import Glibc
import Store

extension GlobalOptions {
  /// Where the store is: `--store`, `$EVT_STORE`, the nearest `.evt` upwards, `./.evt`.
  func location() -> StoreLocation { StoreLocation(option: storePath) }

  /// Opens the store for reading.
  /// - Throws: `StoreError`; when none is there, a `MissingStore` that says where evt looked.
  func openStore() throws -> Store {
    let location = location()
    do {
      return try Store.open(at: location.path)
    } catch let error as StoreError where error.category == .missing {
      throw MissingStore(location: location)
    }
  }
}

extension StoreLocation {
  /// The store of a process that was given `option` as `--store`.
  init(option: String?) {
    let directory = getcwd(nil, 0)
    defer { free(directory) }
    self.init(
      option: option, environment: Environment.text("EVT_STORE"),
      workingDirectory: directory.map { String(cString: $0) } ?? "/",
      isDirectory: { path in
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      })
  }
}

/// There is no store where one was looked for.
struct MissingStore: Error {
  var location: StoreLocation

  var message: String {
    switch location.origin {
    case .option: "there is no store at \(location.path)"
    case .environment: "there is no store at \(location.path), which EVT_STORE names"
    case .found: "\(location.path) is no store"
    case .standard: "there is no store: neither here nor above is a directory .evt"
    }
  }

  static let help =
    "make one with 'evt ingest FILE', go where one is, or name it with --store DIR or EVT_STORE"
}
