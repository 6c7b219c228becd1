// What errno values mean to the store.

import Glibc

extension FileFailure: CustomStringConvertible {
  public var description: String {
    // O_NOFOLLOW reports a symbolic link in this way; evt never makes one.
    let reason = code == ELOOP ? "it is a symbolic link" : String(cString: strerror(code))
    return "\(path): cannot \(operation): \(reason)"
  }

  /// Whether the path did not exist.
  public var isMissing: Bool { code == ENOENT || code == ENOTDIR }
  /// Whether the path existed already.
  public var isExisting: Bool { code == EEXIST }

  /// Whether there was no room, on the disk or in the user's quota.
  var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }

  var category: StoreError.Category {
    switch code {
    case EACCES, EPERM, EROFS: return .permission
    case ELOOP: return .damaged
    default:
      if operation.hasPrefix("create") { return .cannotCreate }
      return isMissing ? .missing : .cannotWrite
    }
  }
}

extension StoreError {
  /// Whether a file or directory did not exist.
  var isMissingFile: Bool {
    if case .file(let failure) = self { return failure.isMissing }
    return false
  }

  /// Whether there was no room for what had to be written.
  var isFullDisk: Bool {
    if case .file(let failure) = self { return failure.isFullDisk }
    return false
  }

  /// Whether a file or directory existed already.
  var isExistingFile: Bool {
    if case .file(let failure) = self { return failure.isExisting }
    return false
  }
}
