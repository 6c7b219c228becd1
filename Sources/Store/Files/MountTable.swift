// Which kind of file system a device number belongs to.

import Glibc

/// Looks up mounted file systems in `/proc/self/mountinfo`.
enum MountTable {
  private static let networkTypes: [String: String] = [
    "nfs": "NFS", "nfs4": "NFS", "cifs": "SMB", "smb3": "SMB", "smbfs": "SMB", "afs": "AFS",
    "9p": "9P", "ncpfs": "NCP",
  ]
  private static let bytesMax = 4 << 20

  /// The name of the network file system with this `st_dev`, nil for all others and where the table
  /// cannot be read.
  static func networkFileSystem(ofDevice device: UInt64) -> String? {
    let number = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let descriptor = Descriptor(number)
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    while text.count < bytesMax {
      let count = read(descriptor.number, &piece, piece.count)
      if count <= 0 { break }
      text += piece[..<count]
    }
    return networkFileSystem(ofDevice: device, mounts: String(decoding: text, as: UTF8.self))
  }

  /// The same, in the text of `mountinfo` (see proc(5)): the third field is major:minor, the type
  /// stands behind the field "-".
  static func networkFileSystem(ofDevice device: UInt64, mounts: String) -> String? {
    // The encoding of dev_t on Linux, gnu_dev_major(3) and gnu_dev_minor(3).
    let major = (device >> 8) & 0xFFF | (device >> 32) & 0xFFFF_F000
    let minor = device & 0xFF | (device >> 12) & 0xFFFF_FF00
    let wanted = "\(major):\(minor)"
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[2] == wanted, let dash = fields.firstIndex(of: "-"),
        dash + 1 < fields.count
      else { continue }
      return networkTypes[String(fields[dash + 1])]
    }
    return nil
  }
}
