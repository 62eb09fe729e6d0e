package io.hfeco2ai.cli;

import java.io.IOException;
import java.net.URL;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.loader.launch.JarLauncher;
import org.springframework.boot.loader.launch.LaunchedClassLoader;

/**
 * Starts the server from the nested jars only. A class loader asks its parent first, so without this the server would
 * take its sensor classes from the root of the jar, where they cannot see the libraries beside the server.
 */
final class ServerLauncher extends JarLauncher {

    private ServerLauncher() throws Exception {}

    static void start(String[] args) throws Exception {
        new ServerLauncher().launch(args);
    }

    @Override
    protected ClassLoader createClassLoader(Collection<URL> urls) throws Exception {
        if (isExploded()) {
            return super.createClassLoader(urls);
        }
        ClassLoader parent = new WithoutCommandLine(ServerLauncher.class.getClassLoader());
        return new LaunchedClassLoader(false, getArchive(), urls.toArray(URL[]::new), parent);
    }

    /** The jar's own loader, less what the packaging copied to the root for the command line. */
    private static final class WithoutCommandLine extends ClassLoader {

        private static final List<String> COPIED =
                List.of("io/hfeco2ai/", "com/sun/jna/", "picocli/", "tools/jackson/core/", "grid/", "sensor/");

        static {
            registerAsParallelCapable();
        }

        WithoutCommandLine(ClassLoader parent) {
            super(parent);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (copied(name.replace('.', '/'))) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }

        @Override
        public @Nullable URL getResource(String name) {
            return copied(name) ? null : super.getResource(name);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return copied(name) ? Collections.emptyEnumeration() : super.getResources(name);
        }

        private static boolean copied(String path) {
            return COPIED.stream().anyMatch(path::startsWith);
        }
    }
}
