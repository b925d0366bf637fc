/** The rules of the repository, as tests: which module may use which, how sources look. */
@NullMarked
package dev.sluice.architecture;

import org.jspecify.annotations.NullMarked;
