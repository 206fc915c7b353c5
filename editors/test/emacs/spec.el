;;; spec.el --- Emacs against the real server  -*- lexical-binding: t; -*-

;; emacs -q --batch -f package-initialize -l dhi.el -l spec.el, with DHI_LS and DHI_WS.

(require 'eglot)
(require 'flymake)

(defvar spec-failed nil)

(defmacro spec (name &rest body)
  (declare (indent 1))
  `(condition-case err
       (progn ,@body (message "ok emacs: %s" ,name))
     (error (setq spec-failed t) (message "not ok emacs: %s: %S" ,name err))))

(defun spec-eventually (what fn)
  "Waits until FN returns something for WHAT."
  (let ((end (+ (float-time) 15)) got)
    (while (and (not (setq got (funcall fn))) (< (float-time) end))
      (accept-process-output nil 0.05))
    (or got (error "Never: %s" what))))

(defun spec-texts ()
  (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))

(defun spec-found (regexp)
  (seq-find (lambda (text) (string-match-p regexp text)) (spec-texts)))

(setq dhi-server-command (list (getenv "DHI_LS") "serve")
      eglot-sync-connect 15
      make-backup-files nil)

(spec "plain YAML keeps its mode"
  (find-file (expand-file-name "plain.yaml" (getenv "DHI_WS")))
  (when (eq major-mode 'dhi-mode) (error "It is in dhi-mode")))

(find-file (expand-file-name "image/harbor/broken.yaml" (getenv "DHI_WS")))

(spec "the mode of a definition"
  (unless (eq major-mode 'dhi-mode) (error "It is in %s" major-mode)))

(spec "diagnostics"
  (apply #'eglot (eglot--guess-contact))
  (flymake-start)
  (spec-eventually "the finding" (lambda () (flymake-start) (spec-found "unknown field .entrypiont"))))

(spec "completion"
  (goto-char (point-min))
  (search-forward "variant: r")
  (let* ((capf (eglot-completion-at-point))
         (found (all-completions "" (nth 2 capf))))
    (unless (seq-find (lambda (c) (string-match-p "runtime" c)) found) (error "Only %S" found))))

(spec "a code action"
  (goto-char (point-min))
  (search-forward "- 1.40")
  (let* ((actions (eglot-code-actions (line-beginning-position) (line-end-position) "quickfix"))
         (fix (seq-find (lambda (a) (string-match-p "Quote" (plist-get a :title))) actions)))
    (unless fix (error "Only %S" (mapcar (lambda (a) (plist-get a :title)) actions)))
    (let ((eglot-confirm-server-edits nil))
      (eglot-execute (eglot-current-server) fix))
    (spec-eventually "the quotes" (lambda () (save-excursion (goto-char (point-min)) (search-forward "- \"1.40\"" nil t))))))

(spec "hover"
  (goto-char (point-min))
  (search-forward "run-as")
  (let ((hover (jsonrpc-request (eglot-current-server) :textDocument/hover (eglot--TextDocumentPositionParams))))
    (unless (string-match-p "user" (format "%S" hover)) (error "It is %S" hover))))

(set-buffer-modified-p nil)
(eglot-shutdown-all)
(kill-emacs (if spec-failed 1 0))
