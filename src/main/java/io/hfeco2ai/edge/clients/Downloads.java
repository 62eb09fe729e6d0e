package io.hfeco2ai.edge.clients;

import io.hfeco2ai.platform.NotFound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/** The files that the build put into {@code clients/} of the jar. */
@Component
class Downloads {

    /** @param bytes its size */
    record Download(String name, long bytes) {

        boolean wheel() {
            return name.endsWith(".whl");
        }
    }

    private final List<Resource> files;

    Downloads() {
        try {
            files = List.of(new PathMatchingResourcePatternResolver().getResources("classpath*:clients/*.*"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By name. */
    List<Download> all() {
        List<Download> all = new ArrayList<>();
        for (Resource file : files) {
            try {
                all.add(new Download(String.valueOf(file.getFilename()), file.contentLength()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        all.sort(Comparator.comparing(Download::name));
        return all;
    }

    /** @throws NotFound when there is no file of that name; a path is none */
    Resource file(String name) {
        return files.stream()
                .filter(file -> name.equals(file.getFilename()))
                .findFirst()
                .orElseThrow(() -> new NotFound("file " + name));
    }
}
