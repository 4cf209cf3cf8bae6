import Dispatch
import Foundation
import Foundations
import Synchronization

/// Termination of the process from any thread without leaving unfinished files behind.
enum Interruption {
  /// Message to print when the process is terminated, such as how to resume.
  private static let advice = Mutex<String?>(nil)

  /// Sets the message to print when the process is terminated; nil for none.
  static func setExitMessage(_ text: String?) { advice.withLock { $0 = text } }

  /// Handles Ctrl-C, `kill`, and a terminal that closes. Signals that the caller ignores, as `nohup` does, stay
  /// ignored.
  static func prepare() {
    // A file beyond the size limit is a write error, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Ignored by the process, but still delivered to the source. `nil` is the default action.
      guard signal(number, SIG_IGN) == nil else { continue }
      let queue = DispatchQueue(label: "signal \(number)", qos: .userInteractive)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        // The handler holds the only reference to the source.
        source.cancel()
        // A second signal ends the process only if removing files hangs: some would be left otherwise.
        DispatchQueue.global().asyncAfter(deadline: .now() + 5) {
          for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        }
        end(by: number)
      }
      source.activate()
    }
  }

  /// Ends the process with an error from a thread that cannot throw it.
  static func end(with error: any Error) -> Never {
    TemporaryFileRegistry.removeAll {
      TemporaryFolder.removeAll()
      if Terminal.isInteractive { Terminal.write("\n") }
      Terminal.write("Error: \(String(describing: error).onOneLine)\n")
      _exit(EXIT_FAILURE)
    }
  }

  /// Ends the process by a signal after removing unfinished files, so that a shell sees the reason: 128 + `number`.
  static func end(by number: Int32) -> Never {
    TemporaryFileRegistry.removeAll {
      TemporaryFolder.removeAll()
      if Terminal.isInteractive, number == SIGINT { Terminal.write("\n") }
      if number != SIGPIPE, let text = advice.withLock({ $0 }) { Terminal.write("stopped: \(text)\n") }
      var mask = sigset_t()
      sigemptyset(&mask)
      sigaddset(&mask, number)
      pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      signal(number, SIG_DFL)
      raise(number)
      // If the signal does not end the process, as for the first process of a container.
      _exit(128 + number)
    }
  }
}
