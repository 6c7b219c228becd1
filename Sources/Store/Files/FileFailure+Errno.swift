// What errno values mean to the store.

import Glibc

extension FileFailure: CustomStringConvertible {
  public var description: String {
    "\(path): cannot \(operation): \(String(cString: strerror(code)))"
  }

  /// Whether the path did not exist.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
  /// Whether the path existed already.
  public var isExisting: Bool { code == EEXIST }

  var category: StoreError.Category {
    switch code {
    case EACCES, EPERM, EROFS: return .permission
    case ENOENT, ENOTDIR: return .missing
    // O_NOFOLLOW met a symbolic link where evt never makes one.
    case ELOOP: return .damaged
    default: return operation.hasPrefix("create") ? .cannotCreate : .cannotWrite
    }
  }
}

extension StoreError {
  /// Whether a file or directory did not exist.
  var isMissingFile: Bool {
    if case .file(let failure) = self { return failure.isMissing }
    return false
  }

  /// Whether a file or directory existed already.
  var isExistingFile: Bool {
    if case .file(let failure) = self { return failure.isExisting }
    return false
  }
}
