internal import Foundation

/// Whether this process was built with AddressSanitizer or ThreadSanitizer: it is then many times slower and larger.
package enum Sanitizer {
  package static let isActive = ["__asan_init", "__tsan_init"].contains { (name: String) in
    dlsym(dlopen(nil, RTLD_NOW), name) != nil
  }
}
