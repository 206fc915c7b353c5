;;; dhi.el --- Docker Hardened Image definitions  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0
;; Package-Requires: ((emacs "29.1") (yaml-mode "0.0.15"))

;;; Commentary:

;; A major mode for definitions, YAML files whose first line names the DHI
;; frontend, and their language server for Eglot:
;;
;;   (load "/path/of/editors/emacs/dhi.el")
;;   (add-hook 'dhi-mode-hook #'eglot-ensure)
;;
;; Other YAML keeps its mode and its server.

;;; Code:

(require 'yaml-mode)

(defgroup dhi nil
  "Docker Hardened Image definitions."
  :group 'languages)

(defcustom dhi-server-command '("dhi-ls" "serve")
  "How the language server is started."
  :type '(repeat string))

(defcustom dhi-trusted nil
  "Whether the server may fetch, build and run programs."
  :type 'boolean)

(defconst dhi-directive-regexp
  "\\`\\(?:\ufeff\\)?#[ \t]*[Ss][Yy][Nn][Tt][Aa][Xx][ \t]*=[ \t]*\\(?:[^ \t\n]*/\\)?build[:@][^ \t\n]+[ \t\r]*$"
  "The first line of a definition.")

;;;###autoload
(define-derived-mode dhi-mode yaml-mode "DHI"
  "Major mode for Docker Hardened Image definitions.")

;;;###autoload
(add-to-list 'magic-mode-alist (cons dhi-directive-regexp 'dhi-mode))

(defun dhi--contact (&rest _)
  "The server for Eglot."
  (append dhi-server-command (list :initializationOptions (list :trusted (if dhi-trusted t :json-false)))))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '((dhi-mode :language-id "yaml") . dhi--contact)))

(provide 'dhi)

;;; dhi.el ends here
