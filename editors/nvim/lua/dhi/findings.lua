-- The findings of the command line, as quickfix list and as diagnostics.
local M = {}

local severities = {
  error = { type = 'E', severity = vim.diagnostic.severity.ERROR },
  warning = { type = 'W', severity = vim.diagnostic.severity.WARN },
  info = { type = 'I', severity = vim.diagnostic.severity.INFO },
  hint = { type = 'N', severity = vim.diagnostic.severity.HINT },
}

--- Reads the output of `--format json`.
---@param json string
---@return table[]? findings nil if it is no such output
function M.parse(json)
  local ok, report = pcall(vim.json.decode, json, { luanil = { object = true, array = true } })
  if ok and type(report) == 'table' and type(report.diagnostics) == 'table' then
    return report.diagnostics
  end
end

--- Items of the quickfix list. Files are relative to a folder.
---@param findings table[]
---@param folder string
---@return table[]
function M.quickfix(findings, folder)
  return vim.tbl_map(function(f)
    local name = f.file:match('^/') and f.file or vim.fs.joinpath(folder, f.file)
    return {
      filename = name,
      lnum = f.range.start.line,
      col = f.range.start.column,
      end_lnum = f.range['end'].line,
      end_col = f.range['end'].column,
      type = severities[f.severity].type,
      text = ('%s [%s]'):format(f.message, f.code),
    }
  end, findings)
end

--- Diagnostics of one buffer. Columns of findings count code points.
---@param findings table[]
---@param bufnr integer
---@return table[]
function M.diagnostics(findings, bufnr)
  local function byte(line, column)
    local text = vim.api.nvim_buf_get_lines(bufnr, line - 1, line, false)[1] or ''
    local at = vim.fn.byteidx(text, column - 1)
    return at < 0 and #text or at
  end
  return vim.tbl_map(function(f)
    local s, e = f.range.start, f.range['end']
    return {
      lnum = s.line - 1,
      col = byte(s.line, s.column),
      end_lnum = e.line - 1,
      end_col = byte(e.line, e.column),
      severity = severities[f.severity].severity,
      message = f.message,
      code = f.code,
      source = 'dhi-ls build',
    }
  end, findings)
end

--- Makes the findings the quickfix list and opens it, if there are any.
---@param title string
---@param findings table[]
---@param folder string
function M.show(title, findings, folder)
  vim.fn.setqflist({}, ' ', { title = title, items = M.quickfix(findings, folder) })
  if #findings > 0 then
    vim.cmd('botright cwindow')
    vim.cmd.wincmd('p')
  else
    vim.cmd.cclose()
  end
end

return M
