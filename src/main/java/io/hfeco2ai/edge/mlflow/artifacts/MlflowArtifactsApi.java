package io.hfeco2ai.edge.mlflow.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.hfeco2ai.teams.Allow;
import io.hfeco2ai.teams.Allow.Tokens;
import io.hfeco2ai.teams.Teams.TokenIdentity;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Files that clients send through this server: mlflow-artifacts:/path is …/artifacts/path here. */
@Allow(tokens = Tokens.CLIENT)
@RestController
@Hidden
@RequestMapping({"/mlflow/api/2.0/mlflow-artifacts/artifacts", "/mlflow/ajax-api/2.0/mlflow-artifacts/artifacts"})
class MlflowArtifactsApi {

    /** @param fileSize in bytes; null for a folder */
    record FileAnswer(
            String path,
            @JsonProperty("is_dir") boolean dir,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long fileSize) {}

    record FilesAnswer(List<FileAnswer> files) {}

    private final ArtifactFolder folder;

    MlflowArtifactsApi(ArtifactFolder folder) {
        this.folder = folder;
    }

    @PutMapping("/{*path}")
    Map<String, Object> put(
            @AuthenticationPrincipal TokenIdentity caller, @PathVariable String path, HttpServletRequest request)
            throws IOException {
        folder.put(caller.teamId(), path.substring(1), request.getInputStream(), request.getContentLengthLong());
        return Map.of();
    }

    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping
    FilesAnswer list(@AuthenticationPrincipal TokenIdentity caller, @RequestParam(defaultValue = "") String path) {
        String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return new FilesAnswer(folder.list(caller.teamId(), plain).stream()
                .map(item -> new FileAnswer(item.name(), item.bytes() == null, item.bytes()))
                .toList());
    }

    /** Never shown by a browser as a page of ours. */
    @Allow(tokens = {Tokens.CLIENT, Tokens.READ})
    @GetMapping("/{*path}")
    ResponseEntity<Resource> get(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String path)
            throws IOException {
        Path file = folder.get(caller.teamId(), path.substring(1));
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .contentLength(Files.size(file))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment()
                                .filename(String.valueOf(file.getFileName()), java.nio.charset.StandardCharsets.UTF_8)
                                .build()
                                .toString())
                .body(new FileSystemResource(file));
    }

    @DeleteMapping("/{*path}")
    Map<String, Object> delete(@AuthenticationPrincipal TokenIdentity caller, @PathVariable String path)
            throws IOException {
        folder.delete(caller.teamId(), path.substring(1));
        return Map.of();
    }
}
