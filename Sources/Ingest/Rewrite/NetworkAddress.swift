// IP addresses cut down to the network they are from.

import Glibc

/// Reads addresses in the forms of inet_pton(3).
enum NetworkAddress {
  /// The /24 of an IPv4 address or the /48 of an IPv6 address; nil when `text` is neither.
  ///
  /// An IPv4 address in the clothes of IPv6 (`::ffff:192.0.2.1`) is treated as what it is.
  static func network(of text: UnsafeBufferPointer<UInt8>) -> String? {
    guard text.count <= Int(INET6_ADDRSTRLEN), !text.contains(0) else { return nil }
    let name = String(decoding: text, as: UTF8.self)
    var short = in_addr()
    if inet_pton(AF_INET, name, &short) == 1 {
      short.s_addr &= UInt32(0xFFFF_FF00).bigEndian
      return written(AF_INET, &short)
    }
    var long = in6_addr()
    guard inet_pton(AF_INET6, name, &long) == 1 else { return nil }
    withUnsafeMutableBytes(of: &long) { bytes in
      let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
      for index in (isMapped ? 15 : 6)..<16 { bytes[index] = 0 }
    }
    return written(AF_INET6, &long)
  }

  private static func written(_ family: Int32, _ address: UnsafeRawPointer) -> String? {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_ntop(family, address, &text, socklen_t(INET6_ADDRSTRLEN)) != nil else { return nil }
    return text.withUnsafeBufferPointer { buffer in buffer.baseAddress.map { String(cString: $0) } }
  }
}
