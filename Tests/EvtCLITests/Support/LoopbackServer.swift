// A server on loopback that answers as a test says, and keeps what it was sent.

import Foundation
import Synchronization

/// Serves one connection after the other on a thread of its own.
final class LoopbackServer: Sendable {
  /// How one request is answered.
  enum Reply: Sendable {
    case status(Int)
    case redirect(to: String)
    /// Not at all, until the other side gives up.
    case hang
    /// With 200, but only after some milliseconds.
    case late(Int)
  }

  /// A request as it came.
  struct Request: Sendable {
    /// The request line and the headers.
    var head: [String]
    var body: String
    /// The command lines and environments of the processes that evt had started when it came.
    var processes: [String]
  }

  private struct State {
    var replies: [Reply]
    var requests: [Request] = []
  }

  let port: Int
  private let listener: Int32
  private let state: Mutex<State>

  /// Starts a server that answers the first request by the first of `replies`, and so on; the last
  /// one serves for all that follow.
  init(_ replies: [Reply]) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    state = Mutex(State(replies: replies))
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0 { return }
        Thread.detachNewThread { self.serve(connection) }
      }
    }
  }

  /// What has come so far.
  var requests: [Request] { state.withLock { $0.requests } }

  /// Stops accepting.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard var request = read(connection) else { return }
    request.processes = Self.children()
    let reply = state.withLock { state in
      state.requests.append(request)
      return state.replies.count > 1 ? state.replies.removeFirst() : state.replies[0]
    }
    switch reply {
    case .status(let status): answer(connection, "\(status) Status")
    case .redirect(let target): answer(connection, "302 Found\r\nLocation: \(target)")
    case .late(let milliseconds):
      usleep(UInt32(milliseconds) * 1_000)
      answer(connection, "200 OK")
    case .hang:
      // Ends when the other side closes.
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
    }
  }

  private func answer(_ connection: Int32, _ head: String) {
    let text = Array("HTTP/1.1 \(head)\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n".utf8)
    _ = send(connection, text, text.count, Int32(MSG_NOSIGNAL))
  }

  private func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.firstRange(of: "\r\n\r\n") {
        let head = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
        let length = head.first { $0.lowercased().hasPrefix("content-length:") }
          .flatMap { Int($0.split(separator: " ").last ?? "") }
        let body = String(text[end.upperBound...])
        if body.utf8.count >= length ?? 0 { return Request(head: head, body: body, processes: []) }
      }
      let count = recv(connection, &piece, piece.count, 0)
      if count <= 0 { return nil }
      bytes += piece[..<count]
    }
  }

  /// Command line and environment of every process named curl that an evt has started.
  private static func children() -> [String] {
    let manager = FileManager.default
    return (try? manager.contentsOfDirectory(atPath: "/proc"))?.compactMap { name in
      func text(_ file: String) -> String {
        let data = manager.contents(atPath: "/proc/\(file)") ?? Data()
        return String(decoding: data, as: UTF8.self)
      }
      guard Int(name) != nil, text("\(name)/comm") == "curl\n" else { return nil }
      let parent = text("\(name)/stat").split(separator: ")").last?.split(separator: " ")
      guard let parent, parent.count > 1, text("\(parent[1])/comm") == "evt\n" else { return nil }
      return text("\(name)/cmdline") + "\n" + text("\(name)/environ")
    } ?? []
  }
}
